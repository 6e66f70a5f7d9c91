//! The functions of the AWS provider that only work on texts.

use super::text::{split, starts_with};
use super::{Fault, Invocation, Outcome};
use crate::source::value::{Members, Value};
use crate::text::{Text, Truth, concat};

pub(super) fn call(f: &Invocation<'_, '_>) -> Option<Outcome> {
    // The local name of the provider is free; its functions are not.
    let (_, name) = f.name.strip_prefix("provider::")?.split_once("::")?;
    Some(match name {
        "arn_build" => arn_build(f),
        "arn_parse" => arn_parse(f),
        "trim_iam_role_path" => trim_iam_role_path(f),
        _ => return None,
    })
}

fn arn_build(f: &Invocation<'_, '_>) -> Outcome {
    f.exactly::<5>()?;
    let mut builder = Text::builder();
    builder.push_str("arn");
    for index in 0..5 {
        builder.push_str(":").push_text(&f.text(index)?);
    }
    f.bounded(builder.finish())
}

/// The parts of an ARN: none if it is no ARN, `None` where holes leave it open.
fn arn_parts(text: &Text) -> Option<Vec<Text>> {
    let pieces: Vec<Text> = split(text, ":")?.into_iter().collect::<Option<_>>()?;
    let (Some(head), Some(rest)) = (pieces.get(..5), pieces.get(5..)) else { return Some(Vec::new()) };
    if rest.is_empty() || head.first().and_then(Text::as_known) != Some("arn") {
        return Some(Vec::new());
    }
    let mut parts = head.to_vec();
    let colon = Text::known(":");
    let joined =
        rest.iter().enumerate().flat_map(|(index, part)| [(index > 0).then_some(&colon), Some(part)]);
    parts.push(concat(joined.flatten()));
    Some(parts)
}

fn arn_parse(f: &Invocation<'_, '_>) -> Outcome {
    match arn_parts(&f.text(0)?) {
        None if f.env.strict => Err(Fault::Unsettled),
        None => Ok(f.unknown()),
        Some(parts) if parts.is_empty() => Err(Fault::invalid("not an ARN")),
        Some(parts) => {
            let names = ["", "partition", "service", "region", "account_id", "resource"];
            let members = names.iter().zip(parts).skip(1);
            let members = members.map(|(name, part)| (Text::known(*name), Value::string(part)));
            Ok(Value::object(members.collect::<Members>()))
        }
    }
}

fn trim_iam_role_path(f: &Invocation<'_, '_>) -> Outcome {
    let text = f.text(0)?;
    let unknown = || if f.env.strict { Err(Fault::Unsettled) } else { Ok(f.unknown_text()) };
    let Some(parts) = arn_parts(&text) else { return unknown() };
    let [_, _, service, region, _, resource] = parts.as_slice() else {
        return Err(Fault::invalid("not an ARN"));
    };
    let of_role = service.equals(&Text::known("iam")).and(region.equals(&Text::known("")));
    match of_role.and(starts_with(resource, "role/")) {
        Truth::True => {}
        Truth::False => return Err(Fault::invalid("not the ARN of a role")),
        Truth::Maybe => return unknown(),
    }
    let Some(parts) = split(&text, "/") else { return unknown() };
    let (Some(Some(first)), Some(Some(last))) = (parts.first(), parts.last()) else { return unknown() };
    f.bounded(concat([first, &Text::known("/"), last]))
}
