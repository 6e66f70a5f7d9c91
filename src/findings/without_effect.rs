//! Statements, or parts of them, that do nothing: what the rules for Allow and for Deny share.

use std::cell::LazyCell;

use super::about_mq::{AboutMq, Listed, is_mistaken_service, matches, needs_key};
use super::arn_shapes::Shapes;
use super::words::{list, quoted};
use super::written::{Remark, statements};
use super::{Draft, Severity, Subject};
use crate::access::shown_key;
use crate::aws::absent_keys::{Absence, absence};
use crate::aws::actions::{Action, Resource};
use crate::aws::condition_keys;
use crate::aws::misnamed::{Meant, meant, qualified};
use crate::iam::{Comparison, Condition, ContextTable, Effect, KeyName, Quantifier, Subject as Named};
use crate::text::{Text, Truth};

/// A Deny that does nothing at all gives a false sense of safety; one that works in part less so.
fn severity(about: &AboutMq<'_>, whole: bool) -> Option<Severity> {
    (about.effect == Effect::Deny && !whole).then_some(Severity::Warning)
}

/// Actions that do not exist.
pub(super) fn unknown_actions(subject: &Subject<'_>, effect: Effect) -> Vec<Draft> {
    statements(subject, |about| {
        let unknown: Vec<&Listed<'_>> = about.listed.iter().filter(|listed| is_unknown(listed)).collect();
        if about.effect != effect || unknown.is_empty() {
            return None;
        }
        let whole = about.alone && unknown.len() == about.listed.len();
        let exists = if unknown.len() == 1 { "is no action" } else { "are no actions" };
        let names = quoted(unknown.iter().map(|listed| listed.text()));
        let mut help: Vec<String> = Vec::new();
        for listed in &unknown {
            let advice = advice(&listed.text());
            if !help.contains(&advice) {
                help.push(advice);
            }
        }
        Some(Remark {
            message: format!("{names} {exists} of Amazon MQ: for that it {} nothing", about.verb()),
            detail: names,
            help: help.join(" "),
            element: Some("Action"),
            severity: severity(about, whole),
            ..Remark::default()
        })
    })
}

fn is_unknown(listed: &Listed<'_>) -> bool {
    listed.actions.is_empty() && !listed.open && !listed.pattern.source().is_sensitive()
}

fn advice(action: &str) -> String {
    if let Some((service, name)) = action.split_once(':').filter(|(service, _)| is_mistaken_service(service))
    {
        return format!("The service's prefix is `mq`: write `{}` for `{service}:{name}`.", qualified(name));
    }
    match meant(action) {
        Meant::Action(name) => format!("Write `{}` for `{action}`.", qualified(name)),
        Meant::Messaging => {
            "Sending and receiving messages is not authorized by IAM: the broker's own users and their permissions \
             decide it."
                .into()
        }
        Meant::Unknown => {
            "The Service Authorization Reference lists the actions of Amazon MQ; take out what is not there.".into()
        }
    }
}

/// Actions on resources that they are never checked on.
pub(super) fn wrong_resources(subject: &Subject<'_>, effect: Effect) -> Vec<Draft> {
    let shapes = &subject.written().shapes;
    let any = Named::new(Text::from("*"));
    statements(subject, |about| {
        if about.effect != effect || !about.has_plain_resources() {
            return None;
        }
        let fits = |of: &dyn Fn(&Shapes, &crate::iam::Pattern) -> bool| {
            about.resources().any(|pattern| of(shapes, pattern))
        };
        let any = LazyCell::new(|| about.resources().any(|pattern| matches(pattern, &any) != Truth::False));
        let broker = LazyCell::new(|| fits(&Shapes::fits_broker));
        let configuration = LazyCell::new(|| fits(&Shapes::fits_configuration));
        let is_reached = |action: &Action| match action.resources {
            [] => *any,
            types => {
                let is_one = types.iter().any(|kind| match kind {
                    Resource::Broker => *broker,
                    Resource::Configuration => *configuration,
                });
                // Where no pattern is the ARN of anything, the rule about ARNs speaks.
                is_one || (!*broker && !*configuration)
            }
        };
        let lost: Vec<&Listed<'_>> =
            about.listed.iter().filter(|listed| listed.all(|action| !is_reached(action))).collect();
        if lost.is_empty() {
            return None;
        }
        let whole = about.alone && lost.len() == about.listed.len();
        let detail = quoted(lost.iter().map(|listed| listed.text()));
        let (unscoped, typed): (Vec<&Listed<'_>>, Vec<&Listed<'_>>) =
            lost.into_iter().partition(|listed| listed.all(|action| action.resources.is_empty()));
        let mut reasons = Vec::new();
        let mut help = Vec::new();
        let names = |all: &[&Listed<'_>]| quoted(all.iter().map(|listed| listed.text()));
        if !unscoped.is_empty() {
            let has = if unscoped.len() == 1 { "has" } else { "have" };
            reasons.push(format!(
                "{} {has} no resource types and {} checked on `*` alone, which no resource here is",
                names(&unscoped),
                if unscoped.len() == 1 { "is" } else { "are" },
            ));
            help.push(format!(
                "Put {} into a statement of {} own with the resource `*`; a condition on `aws:RequestTag/…` or \
                 `aws:RequestedRegion` can limit it.",
                names(&unscoped),
                if unscoped.len() == 1 { "its" } else { "their" },
            ));
        }
        if !typed.is_empty() {
            let (kind, other) =
                if *broker { ("configurations", "brokers") } else { ("brokers", "configurations") };
            let is = if typed.len() == 1 { "is" } else { "are" };
            reasons.push(format!(
                "{} {is} checked on {kind}, and every resource here is for {other}",
                names(&typed)
            ));
            let form = if *broker {
                "arn:aws:mq:REGION:ACCOUNT:configuration:c-ID"
            } else {
                "arn:aws:mq:REGION:ACCOUNT:broker:NAME:*"
            };
            help.push(format!("Give {} the ARNs of {kind} (`{form}`).", names(&typed)));
        }
        Some(Remark {
            message: format!("{}: for that it {} nothing", reasons.join("; "), about.verb()),
            help: help.join(" "),
            detail,
            element: Some("Resource"),
            severity: severity(about, whole),
            ..Remark::default()
        })
    })
}

/// ARNs that are of no broker and of no configuration.
pub(super) fn malformed_arns(subject: &Subject<'_>, effect: Effect) -> Vec<Draft> {
    let shapes = &subject.written().shapes;
    statements(subject, |about| {
        let resources = about.statement.resources()?;
        if about.effect != effect {
            return None;
        }
        let mistakes: Vec<_> = resources
            .patterns()
            .filter(|pattern| about.alone || is_meant_for_mq(pattern.source()))
            .filter_map(|pattern| shapes.mistake(pattern))
            .collect();
        if mistakes.is_empty() {
            return None;
        }
        let whole = mistakes.len() == resources.entries().len() && !resources.is_negated();
        let said: Vec<String> =
            mistakes.iter().map(|mistake| format!("`{}`: {}", mistake.written, mistake.problem)).collect();
        let effect = match (resources.is_negated(), mistakes.len()) {
            (true, _) => "so it excepts nothing",
            (false, 1) => "so it matches nothing that is meant",
            (false, _) => "so they match nothing that is meant",
        };
        // `["…", "…/*"]` is a habit from other services; the first of the two does what is meant.
        let is_meant = |text: &str| resources.patterns().any(|pattern| pattern.source().to_string() == *text);
        let harmless = mistakes.iter().all(|mistake| is_meant(&mistake.instead));
        let instead: Vec<String> = mistakes
            .iter()
            .map(|mistake| format!("`{}` for `{}`", mistake.instead, mistake.written))
            .collect();
        Some(Remark {
            message: format!("{}, {effect}", said.join("; ")),
            help: if harmless {
                "It can go: the ARN without what comes after it is listed too.".into()
            } else {
                format!("Write {}.", list(&instead))
            },
            detail: quoted(mistakes.into_iter().map(|mistake| mistake.written)),
            element: Some(if resources.is_negated() { "NotResource" } else { "Resource" }),
            severity: if harmless { Some(Severity::Note) } else { severity(about, whole) },
            ..Remark::default()
        })
    })
}

/// Whether an ARN in a statement about several services is meant for Amazon MQ.
fn is_meant_for_mq(source: &Text) -> bool {
    let text = source.to_string();
    let mut parts = text.splitn(6, ':').skip(2);
    let service = parts.next().unwrap_or_default();
    let resource = parts.nth(2).unwrap_or_default();
    service == "mq" || is_mistaken_service(service) || (service == "ec2" && resource.starts_with("broker"))
}

/// Conditions on keys that the calls never bring.
pub(super) fn absent_keys(subject: &Subject<'_>, effect: Effect) -> Vec<Draft> {
    statements(subject, |about| {
        if about.effect != effect {
            return None;
        }
        let conditions = about.statement.conditions().iter().filter(|condition| needs_key(condition));
        let mut found: Vec<(&KeyName, Absence, Vec<String>)> = Vec::new();
        for condition in conditions {
            let key = condition.key();
            let reason = |action: &Action| absence(key.spelled(), action);
            let lost: Vec<&Listed<'_>> =
                about.listed.iter().filter(|listed| listed.all(|action| reason(action).is_some())).collect();
            let Some(why) = lost.first().and_then(|listed| reason(listed.actions.first()?)) else { continue };
            let names = lost.iter().map(|listed| listed.text()).collect();
            found.push((key, why, names));
        }
        let Some((key, why, lost)) = found.into_iter().max_by_key(|(_, _, lost)| lost.len()) else {
            return always_holds(about);
        };
        let whole = lost.len() == about.listed.len();
        Some(Remark {
            message: format!(
                "a request for {} never has the key `{}` ({}): for that it {} nothing",
                quoted(lost),
                shown_key(key),
                reason(why),
                about.verb()
            ),
            help: instead(key, why),
            detail: shown_key(key).into_owned(),
            element: Some("Condition"),
            severity: severity(about, whole),
            ..Remark::default()
        })
    })
}

/// A condition on a key that no call of any of the actions ever has, and that holds without it: what it is meant to tell
/// apart, it does not.
fn always_holds(about: &AboutMq<'_>) -> Option<Remark> {
    if !about.alone {
        return None;
    }
    let always = |condition: &Condition| {
        // `ForAllValues` has a rule of its own.
        condition.operator().quantifier != Some(Quantifier::All)
            && condition.holds(&ContextTable::new()).is_true()
    };
    let never = |condition: &Condition| {
        let why = |action: &Action| absence(condition.key().spelled(), action);
        let all = about.listed.iter().all(|listed| listed.all(|action| why(action).is_some()));
        let why = all.then(|| why(about.listed.first()?.actions.first()?)).flatten()?;
        // An Allow for calls with and without tags is often written like this; a Deny that is denies them all. `Null` speaks of
        // a key that is not there.
        let is_said = condition.operator().comparison == Comparison::Null;
        let is_meant_so = (about.effect == Effect::Allow || is_said)
            && !matches!(why, Absence::OfAmazonMq | Absence::NoSuchKey | Absence::OfAnotherService);
        (!is_meant_so).then_some(why)
    };
    let mut conditions = about.statement.conditions().iter().filter(|condition| always(condition));
    let (condition, why) = conditions.find_map(|condition| Some((condition, never(condition)?)))?;
    let key = condition.key();
    let effect = match about.effect {
        Effect::Allow => "the condition always holds and limits nothing",
        Effect::Deny => "the condition always holds, and every such call is denied",
    };
    Some(Remark {
        message: format!(
            "a request for {} never has the key `{}` ({}): {effect}",
            quoted(about.listed.iter().map(Listed::text)),
            shown_key(key),
            reason(why)
        ),
        help: instead(key, why),
        detail: shown_key(key).into_owned(),
        element: Some("Condition"),
        severity: Some(Severity::Warning),
        ..Remark::default()
    })
}

fn reason(why: Absence) -> &'static str {
    match why {
        Absence::OfAmazonMq => "Amazon MQ has no condition keys of its own",
        Absence::NoSuchKey => "there is no such global condition key",
        Absence::OfAnotherService => "it belongs to another service",
        Absence::NoResource => "the call names no resource whose tags it could tell",
        Absence::NoTagsInRequest => "the call carries no tags",
        Absence::ServiceCallsOnly => "only a call that a service of AWS makes by itself has it",
    }
}

fn instead(key: &KeyName, why: Absence) -> String {
    let is_open = !key.is_sensitive();
    let tag = key.spelled().split_once('/').map(|(_, tag)| tag).filter(|tag| !tag.is_empty() && is_open);
    let family = |name: &str| key.lower().contains(&name.to_ascii_lowercase());
    match (why, tag) {
        (Absence::OfAmazonMq | Absence::OfAnotherService, Some(tag)) if family("ResourceTag") => {
            format!("Write `aws:ResourceTag/{tag}`.")
        }
        (Absence::OfAmazonMq | Absence::OfAnotherService, Some(tag)) if family("RequestTag") => {
            format!("Write `aws:RequestTag/{tag}`.")
        }
        (Absence::OfAmazonMq, _) => {
            "Only global keys work, such as `aws:RequestTag/…` when a broker is created and `aws:ResourceTag/…` \
             afterwards; instance type, engine and the like cannot be limited by a policy."
                .into()
        }
        (Absence::NoSuchKey, _) => {
            let near = condition_keys::KEYS
                .iter()
                .filter(|known| is_open && known.name.to_ascii_lowercase().starts_with(key.lower()))
                .map(|known| known.name)
                .next();
            near.map_or_else(
                || "The IAM User Guide lists the global condition keys.".into(),
                |name| format!("Perhaps `{name}` is meant."),
            )
        }
        (Absence::OfAnotherService, _) => {
            "Put the actions of the other service into a statement of their own with this condition.".into()
        }
        (Absence::NoResource, tag) => format!(
            "Put actions that create something into a statement of their own, with `aws:RequestTag/{}`.",
            tag.unwrap_or("…")
        ),
        (Absence::NoTagsInRequest, tag) => format!(
            "`aws:ResourceTag/{}` tells the tags of a broker that is there.",
            tag.unwrap_or("…")
        ),
        (Absence::ServiceCallsOnly, _) => {
            "In an identity policy, `aws:SourceIp`, `aws:SourceVpce` and `aws:PrincipalArn` tell where a call comes \
             from."
                .into()
        }
    }
}
