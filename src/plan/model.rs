//! What a plan says, as far as it matters here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::blocks::Blocks;
use super::skipped::Skipped;
use super::{Address, Members, Value};

/// A plan, or a state read as a plan that changes nothing.
#[derive(Debug, Default)]
pub struct Plan {
    /// `format_version`, as written.
    pub format_version: Box<str>,
    /// `terraform_version`; OpenTofu writes its own here, old versions nothing.
    pub terraform_version: Option<Box<str>>,
    /// When the plan was made (RFC 3339), where it says so.
    pub timestamp: Option<Box<str>>,
    /// Whether it is a state (`terraform show -json` without a plan) and not a plan.
    pub is_state: bool,
    /// Whether planning stopped with an error (`errored`).
    pub errored: bool,
    /// `complete`; `None` where the version does not tell.
    pub complete: Option<bool>,
    /// The values of the root module's variables.
    pub variables: BTreeMap<Box<str>, Value>,
    /// The changes that matter, in the order of the plan, deposed objects left out. A state's resources and the
    /// data sources of `prior_state` stand here as changes that change nothing.
    pub resources: Vec<ResourceChange>,
    /// Managed resources of the state before that the changes do not name, as changes that change nothing: the plan
    /// was limited (`-target`), only refreshed, or stopped with an error. They stay as they are.
    pub untouched: Vec<ResourceChange>,
    /// What becomes of deposed objects: what a replacement has left behind that did not come to its end. They stand
    /// under the addresses of the objects that took their place, and their `address_text` says what they are.
    pub deposed: Vec<ResourceChange>,
    /// The configuration section.
    pub configuration: Configuration,
    /// What was noticed while reading and is worth a word to the user (text skipped around the JSON, …).
    pub notes: Vec<String>,
    /// Where the elements stand that were skipped: see [`Plan::fetch`].
    pub skipped: Skipped,
}

/// One resource instance and what the plan does to it.
#[derive(Clone, Debug, PartialEq)]
pub struct ResourceChange {
    /// The full address.
    pub address: Address,
    /// The address as the plan prints it.
    pub address_text: Box<str>,
    /// Where it stood before a `moved` block or refactoring.
    pub previous_address: Option<Box<str>>,
    /// What happens to it.
    pub action: Action,
    /// Whether it is replaced, and the new one is made before the old one is destroyed (`create_before_destroy`).
    pub creates_first: bool,
    /// Why, where the plan says so (`read_because_config_unknown`, …).
    pub action_reason: Option<Box<str>>,
    /// Of a resource of a state: the blocks that it depends on, as the configuration knows them (`module.a.aws_iam_role.r`).
    pub depends_on: Box<[Box<str>]>,
    /// Its values before; `None` if it did not exist.
    pub before: Option<Value>,
    /// Its values after, with holes where they are known only after apply; `None` if it is deleted. A forgotten
    /// object, which stays in AWS as it is, has its values from before here too.
    pub after: Option<Value>,
}

/// What a plan does to a resource instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// It is new.
    Create,
    /// It is changed in place.
    Update,
    /// It is destroyed (or forgotten) and made anew.
    Replace,
    /// It is destroyed.
    Delete,
    /// It stays as it is.
    NoOp,
    /// Terraform lets go of it; it stays in AWS as it is.
    Forget,
    /// A data source is read during apply.
    Read,
}

/// The configuration section: references and constants, never expressions.
#[derive(Debug, Default, PartialEq)]
pub struct Configuration {
    /// By key as resources name it (`aws`, `aws.dr`, `module.a:aws`).
    pub providers: BTreeMap<Box<str>, ProviderConfig>,
    /// The root module.
    pub root: Module,
}

/// A provider configuration.
#[derive(Debug, Default, PartialEq)]
pub struct ProviderConfig {
    /// The local name (`aws`).
    pub name: Box<str>,
    /// The alias, if it has one.
    pub alias: Option<Box<str>>,
    /// The address of the module that it stands in, if not the root (`module.a`).
    pub module_address: Option<Box<str>>,
    /// Its arguments.
    pub expressions: Members<Expression>,
    /// Whether a module has it without an argument or alias: it is then the one of the module above, which Terraform lists
    /// once more where a module in between has no resources of its own.
    pub is_implied: bool,
}

/// A module: its resources, outputs and calls.
#[derive(Debug, Default, PartialEq)]
pub struct Module {
    /// The resource and data blocks whose type matters, by their address within the module.
    pub resources: Blocks,
    /// The outputs.
    pub outputs: Members<Expression>,
    /// The calls of child modules, by name.
    pub calls: BTreeMap<Box<str>, ModuleCall>,
    /// The constant defaults of the module's variables; sensitive where the variable is.
    pub variable_defaults: BTreeMap<Box<str>, Value>,
    /// The variables that are declared sensitive, or named like secrets.
    pub sensitive_variables: BTreeSet<Box<str>>,
}

/// A `module` block.
#[derive(Debug, Default, PartialEq)]
pub struct ModuleCall {
    /// Where its source lies, as written.
    pub source: Box<str>,
    /// Its arguments.
    pub expressions: Members<Expression>,
    /// `for_each`.
    pub for_each: Option<Expression>,
    /// `count`.
    pub count: Option<Expression>,
    /// The module itself.
    pub module: Module,
}

/// A `resource` or `data` block.
#[derive(Debug, Default, PartialEq)]
pub struct ResourceConfig {
    /// The key into [`Configuration::providers`].
    pub provider_config_key: Box<str>,
    /// Its arguments and nested blocks.
    pub expressions: Members<Expression>,
    /// `for_each`.
    pub for_each: Option<Expression>,
    /// `count`.
    pub count: Option<Expression>,
}

/// What the configuration section tells of an argument.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// A constant.
    Constant(Value),
    /// An expression, of which only the references are known. Each reference comes with its prefixes, the longest
    /// first: `aws_mq_broker.main.arn`, `aws_mq_broker.main`. May be empty.
    References(Vec<Arc<str>>),
    /// Nested blocks of one type, each with its arguments.
    Blocks(Vec<Members<Expression>>),
}

impl Expression {
    /// Marks the constants inside as secret.
    pub fn mark_sensitive(&mut self) {
        match self {
            Self::Constant(value) => value.mark_sensitive(),
            Self::References(_) => {}
            Self::Blocks(blocks) => {
                blocks.iter_mut().flat_map(Members::values_mut).for_each(Self::mark_sensitive);
            }
        }
    }
}
