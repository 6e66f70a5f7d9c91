//! The way of the data in one place: a plan, perhaps with its source, becomes a graph, a matrix and findings.

use std::cell::OnceCell;

use petgraph::graph::EdgeReference;
use petgraph::visit::EdgeRef;

use crate::access::{Authority, Compiled, ContextError, Matrix, Overrides};
use crate::aws::given_policies::GivenPolicies;
use crate::aws::{Operation, managed_policies};
use crate::changes::{Access, Changes, Effect};
use crate::completion::{self, Assumptions};
use crate::explain::{self, Explanation, Question};
use crate::findings::{self, Baseline, Decided, Finding, Location, Subject};
use crate::graph::{self, Edge, EdgeKind, GivenLevel, Graph, NotFound, Policy};
use crate::intent::{Intent, IntentError, Judgement, Meant};
use crate::plan::{Address, Plan, ResourceChange};
use crate::reach::Reach;
use crate::report::{Report, Snippet, Summary, verdict_name};
use crate::requirements::{Deployer, Requirements};
use crate::source::{Evaluator, PlanWorld, Source, StatementSought};

/// From as many resources on, a second thread is worth its start.
const MANY: usize = 1_500;

/// Lines of the source that are shown of a statement.
const MOST_LINES: usize = 8;

/// What the user says beyond the plan.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Account, region and partition, where nothing in the plan tells them.
    pub assumptions: Assumptions,
    /// `--context`: request keys fixed for the whole analysis.
    pub overrides: Overrides,
    /// `--managed-policies`: managed policies beside the embedded set, and instead of it.
    pub managed_policies: GivenPolicies,
    /// `--scp`: levels of service control policies from files, from the root down.
    pub guard_rails: Vec<GivenLevel>,
}

/// A plan that has been analysed.
pub struct Analysis {
    /// The plan, completed.
    pub plan: Plan,
    /// The graph.
    pub graph: Graph,
    /// The decisions.
    pub matrix: Matrix,
    /// Whether reports show only what the plan changes.
    pub changed_only: bool,
    source: Option<Source>,
    overrides: Overrides,
    meant: Option<Meant>,
    baseline: Option<(String, Baseline)>,
    deployer: Option<usize>,
}

/// An option that contradicts the plan.
#[derive(Debug, thiserror::Error)]
pub enum AnalysisError {
    /// A key of `--context` that the plan fixes.
    #[error(transparent)]
    Context(#[from] ContextError),
}

impl Analysis {
    /// Analyses a plan.
    pub fn new(mut plan: Plan, source: Option<Source>, options: &Options) -> Self {
        let providers = completion::complete(&mut plan, source.as_ref(), &options.assumptions);
        let build = || {
            let world = source.as_ref().map(|_| PlanWorld::new(&plan));
            let evaluator =
                source.as_ref().zip(world.as_ref()).map(|(source, world)| Evaluator::new(source, world));
            let changing = completion::changing_lists(&plan);
            let configured = |address: &Address, attribute: &str| {
                evaluator
                    .as_ref()
                    .and_then(|evaluator| evaluator.is_configured(address, attribute))
                    .unwrap_or_else(|| {
                        completion::is_configured(&plan.configuration, address, attribute)
                            || changing.contains(&(address, attribute))
                    })
            };
            let given = &options.managed_policies;
            let embedded = |arn: &str| managed_policies::get(arn).map(|policy| policy.document);
            let managed = |arn: &str| given.get(arn).map(str::to_owned).or_else(|| embedded(arn));
            graph::build(&plan, &providers, &managed, &configured, &options.guard_rails)
        };
        let (graph, compiled) = if plan.resources.len() < MANY {
            (build(), Compiled::default())
        } else {
            std::thread::scope(|scope| {
                let compiling = scope.spawn(|| Compiled::of(&plan));
                (build(), compiling.join().unwrap_or_default())
            })
        };
        let matrix = Matrix::new(&graph, compiled, &options.overrides);
        Self {
            plan,
            graph,
            matrix,
            changed_only: false,
            source,
            overrides: options.overrides.clone(),
            meant: None,
            baseline: None,
            deployer: None,
        }
    }

    /// Holds the plan against an intent from now on.
    pub fn set_intent(&mut self, intent: Intent) -> Result<(), IntentError> {
        self.meant = Some(Meant::new(intent, &self.graph)?);
        Ok(())
    }

    /// Asks from now on whether the principal that `word` names can run the plan.
    pub fn set_deployer(&mut self, word: &str) -> Result<(), NotFound> {
        self.deployer = Some(self.graph.find_principal(word)?);
        Ok(())
    }

    /// The principals that run the plan: the one that was named, or those of the intent.
    fn deployers(&self, requirements: &Requirements<'_>) -> Vec<Deployer> {
        let meant = || self.meant.iter().flat_map(|meant| meant.deployers(&self.graph)).collect();
        let principals: Vec<usize> = self.deployer.map_or_else(meant, |one| vec![one]);
        principals.into_iter().filter_map(|one| requirements.deploy(&self.plan, one)).collect()
    }

    /// Accepts the findings of a baseline from now on; `name` is what it is called.
    pub fn set_baseline(&mut self, name: impl Into<String>, baseline: Baseline) {
        self.baseline = Some((name.into(), baseline));
    }

    /// The findings that a new baseline accepts: those that count, and those of the baseline that is set.
    pub fn new_baseline(&self) -> Baseline {
        let before = self.baseline.as_ref().map(|(_, baseline)| baseline);
        self.with_report(|report| Baseline::of(&report.findings, before))
    }

    /// Gives `use_explanation` why a verdict is what it is, with the lines of the source; principal and broker by their
    /// positions in the graph. `None` where they name nothing.
    pub fn with_explanation<T>(
        &self,
        principal: usize,
        broker: usize,
        operation: Operation,
        use_explanation: impl FnOnce(&Explanation<'_>, Snippet<'_>) -> T,
    ) -> Option<T> {
        let world = self.source.as_ref().map(|_| PlanWorld::new(&self.plan));
        let evaluator =
            self.source.as_ref().zip(world.as_ref()).map(|(source, world)| Evaluator::new(source, world));
        let locate = |policy: &Policy, sought: &StatementSought<'_>| {
            statement_location(evaluator.as_ref()?, policy, sought)
        };
        let authority = Authority::new(&self.graph, &self.matrix, &self.overrides);
        let (graph, matrix) = (&self.graph, &self.matrix);
        let question = Question { graph, matrix, authority: &authority, principal, broker, operation };
        let explanation = explain::explain(&question, &locate)?;
        let snippet = |location: &Location| {
            self.source.as_ref().map(|source| source.excerpt(location, MOST_LINES)).unwrap_or_default()
        };
        Some(use_explanation(&explanation, &snippet))
    }

    /// Applies the rules and gives `use_report` the finished report.
    pub fn with_report<T>(&self, use_report: impl FnOnce(&Report<'_>) -> T) -> T {
        let world = self.source.as_ref().map(|_| PlanWorld::new(&self.plan));
        let evaluator =
            self.source.as_ref().zip(world.as_ref()).map(|(source, world)| Evaluator::new(source, world));
        let locate = |address: &str, attribute: &str| {
            let address = Address::parse(address)?;
            evaluator.as_ref()?.location(&address, Some(attribute))
        };
        let locate_statement = |policy: &Policy, sought: &StatementSought<'_>| {
            statement_location(evaluator.as_ref()?, policy, sought)
        };
        let authority = Authority::new(&self.graph, &self.matrix, &self.overrides);
        let reach = Reach::new(&self.graph, &self.matrix, &authority);
        let judged =
            self.meant.as_ref().map(|meant| Judgement::new(meant, &self.graph, &self.matrix, &authority));
        let requirements = Requirements::new(&self.graph, &self.matrix, &self.overrides);
        let deployers = self.deployers(&requirements);
        let decided = Decided {
            plan: &self.plan,
            graph: &self.graph,
            matrix: &self.matrix,
            authority: &authority,
            requirements: &requirements,
        };
        let changes = Changes::new(&self.graph, &self.matrix, &authority);
        let subject = Subject {
            decided,
            changes: &changes,
            reach: &reach,
            deployers: &deployers,
            intent: judged.as_ref(),
            narrowed: OnceCell::new(),
            has_source: self.source.is_some(),
            locate: &locate,
            locate_statement: &locate_statement,
            written: findings::Written::default(),
        };
        let mut findings = findings::check(&subject);
        let mut notes = self.plan.notes.clone();
        notes.extend(untouched(&self.plan));
        notes.extend(in_lists_alone(&self.plan, &self.graph));
        if let Some(meant) = &self.meant {
            notes.extend(findings::accept(&mut findings, meant.intent(), self.plan.timestamp.as_deref()));
        }
        if let Some((name, baseline)) = &self.baseline {
            notes.extend(baseline.accept(name, &mut findings));
        }
        notes.extend(self.source.iter().flat_map(|source| source.notes().iter().cloned()));
        let explain = |principal, broker, operation| {
            let (graph, matrix) = (&self.graph, &self.matrix);
            let question = Question { graph, matrix, authority: &authority, principal, broker, operation };
            explain::explain(&question, &locate_statement)
        };
        let mut report = Report {
            plan: &self.plan,
            graph: &self.graph,
            matrix: &self.matrix,
            changes: &changes,
            requirements: &requirements,
            findings,
            notes,
            locate: &locate,
            explain: &explain,
            summary: Summary::default(),
            changed_only: self.changed_only,
        };
        report.summary = summarize(&report);
        use_report(&report)
    }
}

/// What the plan leaves aside of the state.
fn untouched(plan: &Plan) -> Option<String> {
    let is_listed = |change: &&ResourceChange| {
        matches!(&*change.address.kind, "aws_iam_role" | "aws_iam_user" | "aws_iam_group" | "aws_mq_broker")
    };
    let count = plan.untouched.iter().filter(is_listed).count();
    let what = if count == 1 { "principal or broker" } else { "principals and brokers" };
    (count > 0).then(|| {
        format!(
            "the plan does not touch {count} {what} of the state (-target, -refresh-only, or an error): they are not listed"
        )
    })
}

/// What only the lists that a state has of its roles say, and what may be over.
fn in_lists_alone(plan: &Plan, graph: &Graph) -> Option<String> {
    let is_in_list = |edge: &EdgeReference<'_, Edge>| {
        let role = graph.principal(edge.source()).map(|role| &*role.id);
        let is_open = edge.weight().holds.after.is_maybe();
        is_open && edge.weight().kind == EdgeKind::AttachedTo && role == Some(&*edge.weight().via)
    };
    let count = graph.links.edge_references().filter(|_| plan.is_state).filter(is_in_list).count();
    let what = if count == 1 { "1 policy stands" } else { &format!("{count} policies stand") };
    (count > 0).then(|| {
        format!(
            "{what} in inline_policy or managed_policy_arns of a role alone: where the configuration does not set these \
             lists, the state has them from before the last apply. --config-dir tells what it sets; a plan shows the lists \
             as they are"
        )
    })
}

/// Where a statement of a policy is written.
fn statement_location(
    evaluator: &Evaluator<'_>,
    policy: &Policy,
    sought: &StatementSought<'_>,
) -> Option<Location> {
    let written = policy.written_in();
    let address = Address::parse(written.address)?;
    evaluator.statement_location(&address, written.block, written.argument, sought)
}

fn summarize(report: &Report<'_>) -> Summary {
    let mut summary = Summary::default();
    report.matrix.for_each_count(|before, after, count| {
        if let Some(after) = after {
            let slot = summary.verdicts.entry(verdict_name(after)).or_default();
            *slot = slot.saturating_add(count);
        }
        if Effect::between(Access::of(before), Access::of(after)).is_some() {
            summary.changed = summary.changed.saturating_add(count);
        }
    });
    for Finding { severity, .. } in report.findings.iter().filter(|finding| finding.accepted.is_none()) {
        let name = match severity {
            findings::Severity::Note => "note",
            findings::Severity::Warning => "warning",
            findings::Severity::Error => "error",
        };
        let slot = summary.findings.entry(name).or_default();
        *slot = slot.saturating_add(1);
    }
    summary
}
