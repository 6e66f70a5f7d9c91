//! The rules: one small file each, in one registry that carries their documentation.

mod about_mq;
mod accept;
mod allow_absent_key;
mod allow_for_all_values;
mod allow_malformed_arn;
mod allow_unknown_action;
mod allow_wrong_resource;
mod arn_repair;
mod arn_shapes;
mod baseline;
mod broker_not_in_plan;
mod deny_absent_key;
mod deny_malformed_arn;
mod deny_unknown_action;
mod deny_wrong_resource;
mod deployer_cannot_perform_plan;
mod every_broker_by_wildcard;
mod finding;
mod gains_delete;
mod holders;
mod incomplete_plan;
mod indirect_power;
mod intent_excess;
mod intent_gap;
mod intent_undecided;
mod intent_without_mfa;
mod invalid_policy;
mod long_term_keys_pass_mfa;
mod managed_policy_power;
mod matters;
mod mend;
mod missing_dependent_permission;
mod moved;
mod open_network_interface_permission;
mod outside_trust;
mod pinned_to_old_broker;
mod policy_not_attached;
mod protected_broker;
mod shadowed_statement;
mod statements;
mod undecided_access;
mod unknown_managed_policy;
mod without_effect;
mod words;
mod written;

use std::cell::OnceCell;
use std::hash::Hasher;
use std::ops::Deref;

use crate::access::{Authority, Matrix};
use crate::changes::Changes;
use crate::graph::{Graph, Policy};
use crate::intent::{Judgement, Level};
use crate::plan::Plan;
use crate::reach::Reach;
use crate::requirements::{Deployer, Requirements};
use moved::Moves;

pub use crate::source::{Location, StatementSought};
pub use accept::accept;
pub use baseline::{Baseline, BaselineError};
pub use finding::{Acceptance, Finding, Fix, Kind, Related, Severity};

/// A rule: its id, and its documentation.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The id, in kebab case.
    pub id: &'static str,
    /// What it finds.
    pub kind: Kind,
    /// Its severity, unless overridden.
    pub severity: Severity,
    /// One line.
    pub summary: &'static str,
    /// The whole documentation, as Markdown.
    pub documentation: &'static str,
    check: fn(&Subject<'_>) -> Vec<Draft>,
}

/// All rules, by id.
pub const RULES: &[Rule] = &[
    allow_absent_key::RULE,
    allow_for_all_values::RULE,
    allow_malformed_arn::RULE,
    allow_unknown_action::RULE,
    allow_wrong_resource::RULE,
    broker_not_in_plan::RULE,
    deny_absent_key::RULE,
    deny_malformed_arn::RULE,
    deny_unknown_action::RULE,
    deny_wrong_resource::RULE,
    deployer_cannot_perform_plan::RULE,
    every_broker_by_wildcard::RULE,
    gains_delete::RULE,
    incomplete_plan::RULE,
    indirect_power::RULE,
    intent_excess::RULE,
    intent_gap::RULE,
    intent_undecided::RULE,
    intent_without_mfa::RULE,
    invalid_policy::RULE,
    long_term_keys_pass_mfa::RULE,
    managed_policy_power::RULE,
    missing_dependent_permission::RULE,
    open_network_interface_permission::RULE,
    outside_trust::RULE,
    pinned_to_old_broker::RULE,
    policy_not_attached::RULE,
    protected_broker::RULE,
    shadowed_statement::RULE,
    undecided_access::RULE,
    unknown_managed_policy::RULE,
];

/// A plan, and what has been decided of it.
#[derive(Clone, Copy)]
pub struct Decided<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The graph.
    pub graph: &'a Graph,
    /// The decisions.
    pub matrix: &'a Matrix,
    /// Decides further calls, of any service.
    pub authority: &'a Authority<'a>,
    /// What the operations need beside their own calls, and whether it is allowed.
    pub requirements: &'a Requirements<'a>,
}

/// What the rules look at.
pub struct Subject<'a> {
    /// The plan, and what has been decided of it.
    pub decided: Decided<'a>,
    /// Who gains and who loses what.
    pub changes: &'a Changes<'a>,
    /// Who becomes whom.
    pub reach: &'a Reach<'a>,
    /// The principals that run the plan, each with the calls of the plan that it may not make.
    pub deployers: &'a [Deployer],
    /// What is not as it is meant, where there is an intent.
    pub intent: Option<&'a Judgement<'a>>,
    /// Narrower statements, once they are asked for.
    pub(crate) narrowed: OnceCell<mend::Narrowed>,
    /// Whether the configuration's source was given.
    pub has_source: bool,
    /// Where an attribute of a resource stands in the source: by address and attribute.
    pub locate: &'a dyn Fn(&str, &str) -> Option<Location>,
    /// Where a statement of a policy stands in the source; else where its document does.
    pub locate_statement: &'a dyn Fn(&Policy, &StatementSought<'_>) -> Option<Location>,
    /// What the policies of the configuration say of Amazon MQ, looked through when a rule first asks.
    pub written: Written<'a>,
}

/// The policies that the configuration holds, looked through when a rule first asks.
#[derive(Default)]
pub struct Written<'a>(OnceCell<written::Written<'a>>);

impl<'a> Deref for Subject<'a> {
    type Target = Decided<'a>;

    fn deref(&self) -> &Decided<'a> {
        &self.decided
    }
}

impl<'a> Subject<'a> {
    /// Whether an intent says who is meant to do what: then that is held against it, and no rule has to guess.
    fn is_meant(&self) -> bool {
        self.intent
            .is_some_and(|judged| !judged.meant.access().is_empty() || !judged.meant.protect().is_empty())
    }

    fn written(&self) -> &written::Written<'a> {
        self.written.0.get_or_init(|| written::Written::new(self.graph, self.matrix))
    }
}

/// What a rule says of one matter; the rest of the finding follows from the rule.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// What tells this matter from others of the same rule, without lines and counts.
    pub identity: String,
    /// The principal that it is about.
    pub principal: Option<String>,
    /// The broker that it is about.
    pub broker: Option<String>,
    /// The operation that it is about.
    pub operation: Option<&'static str>,
    /// What is the matter.
    pub message: String,
    /// What to do.
    pub help: String,
    /// Where.
    pub location: Option<Location>,
    /// What else belongs to it, in order.
    pub related: Vec<Related>,
    /// A policy that mends it.
    pub fix: Option<Fix>,
    /// How much it matters, where that differs from the rule's own severity.
    pub severity: Option<Severity>,
}

/// From as many principals on, a second thread is worth its start.
const MANY: usize = 30;

/// Rules that go by the ways to power, which are searched ahead, on a thread of their own; they are asked last.
const OF_WAYS: [Rule; 2] = [indirect_power::RULE, outside_trust::RULE];

/// Applies all rules, save those that the intent turns off. Findings come most severe first, then by rule and subject.
pub fn check(subject: &Subject<'_>) -> Vec<Finding> {
    std::thread::scope(|scope| {
        let (reach, count) = (subject.reach, subject.graph.principals.len());
        let is_wanted = level(subject, &indirect_power::RULE) != Some(Level::Off);
        // This thread may be one of the pool's: where it is the only one, nobody else would do the work that the search
        // waits for.
        if is_wanted && count >= MANY && rayon::current_num_threads() > 1 {
            scope.spawn(|| reach.ways());
        }
        apply(subject)
    })
}

/// What the intent says of a rule.
fn level(subject: &Subject<'_>, rule: &Rule) -> Option<Level> {
    let settings = &subject.intent?.meant.intent().settings;
    settings.severities.iter().find(|(id, _)| &**id == rule.id).map(|(_, level)| *level)
}

fn apply(subject: &Subject<'_>) -> Vec<Finding> {
    let moves = Moves::new(subject.plan);
    let mut findings = Vec::new();
    let needs_no_ways = |rule: &&Rule| OF_WAYS.iter().all(|one| one.id != rule.id);
    for rule in RULES.iter().filter(needs_no_ways).chain(&OF_WAYS) {
        let severity = match level(subject, rule) {
            Some(Level::Off) => continue,
            Some(Level::Note) => Some(Severity::Note),
            Some(Level::Warning) => Some(Severity::Warning),
            Some(Level::Error) => Some(Severity::Error),
            None => None,
        };
        for mut draft in (rule.check)(subject) {
            draft.severity = severity.or(draft.severity);
            findings.push(rule.finding(draft, &moves));
        }
    }
    findings.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.cmp(b)));
    findings
}

/// The ids of all rules.
pub fn rule_ids() -> Vec<&'static str> {
    RULES.iter().map(|rule| rule.id).collect()
}

impl Rule {
    fn finding(&self, draft: Draft, moves: &Moves<'_>) -> Finding {
        let now = self.fingerprint(&draft, str::to_owned);
        let before = self.fingerprint(&draft, |part| moves.undone(part).unwrap_or_else(|| part.to_owned()));
        Finding {
            rule: self.id,
            kind: self.kind,
            severity: draft.severity.unwrap_or(self.severity),
            fingerprint_after_move: (now != before).then_some(now),
            fingerprint: before,
            principal: draft.principal,
            broker: draft.broker,
            operation: draft.operation,
            message: draft.message,
            help: draft.help,
            location: draft.location,
            related: draft.related,
            fix: draft.fix,
            accepted: None,
        }
    }

    fn fingerprint(&self, draft: &Draft, spelled: impl Fn(&str) -> String) -> String {
        let mut hasher = fnv::FnvHasher::default();
        let parts = [
            self.id,
            draft.principal.as_deref().unwrap_or_default(),
            draft.broker.as_deref().unwrap_or_default(),
            draft.operation.unwrap_or_default(),
            &draft.identity,
        ];
        for part in parts {
            hasher.write(spelled(part).as_bytes());
            hasher.write(&[0]);
        }
        format!("{:016x}", hasher.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::{RULES, Severity};

    #[test]
    fn rules_are_sorted_and_documented() {
        assert!(RULES.is_sorted_by_key(|rule| rule.id));
        for rule in RULES {
            assert!(!rule.summary.is_empty() && rule.documentation.contains(rule.id), "{}", rule.id);
        }
    }

    #[test]
    fn severities_are_ordered() {
        assert!(Severity::Note < Severity::Warning && Severity::Warning < Severity::Error);
    }
}
