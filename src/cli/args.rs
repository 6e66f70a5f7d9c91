//! The arguments, as clap reads them.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::aws::Operation;
use crate::aws::arn::is_region;
use crate::findings::Severity;

/// Who will be able to create, reboot or delete each Amazon MQ broker?
///
/// Reads a Terraform plan (terraform show -json) and decides before apply.
#[derive(Debug, Parser)]
#[command(name = "mqwarden", version, long_version = super::LONG_VERSION, max_term_width = 100)]
#[command(arg_required_else_help = true, propagate_version = false)]
pub(super) struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Analyse a plan: who can create, reboot or delete each broker, before and after
    Check(Box<Check>),
    /// Say why one verdict is what it is, down to the statement and its line
    Explain(Box<Explain>),
    /// Evaluate single IAM requests without a plan, as `aws iam simulate-custom-policy` does
    Simulate(Simulate),
    /// Print the graph of brokers, principals and policies
    Graph(Box<Graph>),
    /// List the rules, or document one
    Rules(Rules),
    /// Print the JSON Schema of `check --format json`, or of `graph --format json`
    Schema(Schema),
    /// Print the completions for a shell
    Completions(Completions),
    /// Print a manual page
    Man(Man),
}

/// What is analysed, and how: the same for every command that reads a plan.
#[derive(Debug, Args)]
pub(super) struct PlanArguments {
    /// The output of `terraform show -json PLANFILE`; `-` reads standard input
    #[arg(value_name = "PLAN", default_value = "-")]
    pub plan: PathBuf,

    /// The saved binary plan: the configuration inside it fills in what is known only after apply
    #[arg(long, value_name = "TFPLAN")]
    pub plan_file: Option<PathBuf>,

    /// The root module's folder: for the files that functions read, and for the source without --plan-file
    #[arg(long, value_name = "DIR")]
    pub config_dir: Option<PathBuf>,

    /// The account, where nothing in the plan tells it
    #[arg(long, value_name = "ID", value_parser = parse_account)]
    pub account_id: Option<String>,

    /// The region, where nothing in the plan tells it
    #[arg(long, value_name = "REGION", value_parser = parse_region)]
    pub region: Option<String>,

    /// The partition, where nothing in the plan tells it
    #[arg(long, value_name = "PARTITION", value_parser = parse_partition)]
    pub partition: Option<String>,

    /// Fix a key of the request's context, such as aws:SourceIp=10.0.0.1; `KEY=` means absent, a key given several
    /// times is a list
    #[arg(long, value_name = "KEY=VALUE", value_parser = parse_context)]
    pub context: Vec<(String, String)>,

    /// The service control policies of one level: a policy document, or a JSON list of them; repeated, the levels from
    /// the root down to the account
    #[arg(long, value_name = "FILE")]
    pub scp: Vec<PathBuf>,

    /// Managed policies as `aws iam get-policy-version` prints them, one or many; they replace and add to the embedded
    /// ones; may be repeated
    #[arg(long, value_name = "FILE")]
    pub managed_policies: Vec<PathBuf>,

    /// The principal that is to run this very plan, by address, ARN or name: what its calls need is decided too
    #[arg(long, value_name = "PRINCIPAL")]
    pub deployer: Option<String>,

    /// What is meant: who may do what with which brokers, settings, accepted findings [default: mqwarden.hcl, if there
    /// is one]
    #[arg(long, value_name = "FILE")]
    pub intent: Option<PathBuf>,
}

/// `mqwarden check`.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// The plan, and how it is analysed.
    #[command(flatten)]
    pub plan: PlanArguments,

    /// The format of standard output
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,

    /// Write a further format to a file in the same run; may be repeated
    #[arg(long, value_name = "FORMAT=FILE", value_parser = parse_output::<Format>)]
    pub output: Vec<Output<Format>>,

    /// Show only what this plan changes
    #[arg(long)]
    pub changed_only: bool,

    /// Show everything in the table, also what is accepted, and rows where everything is denied
    #[arg(long)]
    pub all: bool,

    /// Group the matrix of the table: under each principal the brokers, or under each broker the principals
    #[arg(long, value_enum, value_name = "PARTY")]
    pub group_by: Option<GroupBy>,

    /// Print the policy that mends a finding below it, in the table
    #[arg(long)]
    pub fixes: bool,

    /// Findings of this file do not count; `--write-baseline` writes it
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,

    /// Write the findings that count to a file, and let them count no longer
    #[arg(long, value_name = "FILE")]
    pub write_baseline: Option<PathBuf>,

    /// Exit with status 1 if there is a finding of this severity or above
    #[arg(long, value_enum, default_value_t = FailOn::Error)]
    pub fail_on: FailOn,
}

/// `mqwarden explain`.
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The plan, and how it is analysed.
    #[command(flatten)]
    pub plan: PlanArguments,

    /// The principal: its address or id, its name, or its ARN
    #[arg(long, value_name = "P")]
    pub principal: String,

    /// The broker: its address, its name, or its ARN
    #[arg(long, value_name = "B")]
    pub broker: String,

    /// The operation: create, reboot or delete
    #[arg(long, value_name = "OP")]
    pub operation: Operation,
}

/// By what the matrix is grouped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum GroupBy {
    /// Under each principal the brokers
    Principal,
    /// Under each broker the principals
    Broker,
}

/// `mqwarden graph`.
#[derive(Debug, Args)]
pub(super) struct Graph {
    /// The plan, and how it is analysed.
    #[command(flatten)]
    pub plan: PlanArguments,

    /// The format of standard output
    #[arg(long, value_enum, default_value_t = GraphFormat::Dot)]
    pub format: GraphFormat,

    /// Write a further format to a file in the same run; may be repeated
    #[arg(long, value_name = "FORMAT=FILE", value_parser = parse_output::<GraphFormat>)]
    pub output: Vec<Output<GraphFormat>>,

    /// Show only what this plan changes
    #[arg(long)]
    pub changed_only: bool,

    /// Draw everything, each by itself: also who cannot do anything, and policies about something else
    #[arg(long)]
    pub all: bool,
}

/// `mqwarden schema`.
#[derive(Debug, Args)]
pub(super) struct Schema {
    /// Whose JSON the schema is of
    #[arg(value_enum, value_name = "COMMAND", default_value_t = Described::Check)]
    pub of: Described,
}

/// A command whose JSON has a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Described {
    /// `check --format json`
    Check,
    /// `graph --format json`
    Graph,
}

/// A format of the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum GraphFormat {
    /// The language of Graphviz: `| dot -Tsvg > graph.svg`
    Dot,
    /// A flowchart that GitHub and GitLab draw in Markdown
    Mermaid,
    /// For programs: every node and edge
    Json,
}

/// `mqwarden simulate`.
#[derive(Debug, Args)]
pub(super) struct Simulate {
    /// Requests, one JSON object or one per line; `-` reads standard input
    #[arg(value_name = "FILE", default_value = "-")]
    pub file: PathBuf,
}

/// `mqwarden rules`.
#[derive(Debug, Args)]
pub(super) struct Rules {
    /// The rule to document
    #[arg(value_name = "RULE")]
    pub rule: Option<String>,
}

/// `mqwarden completions`.
#[derive(Debug, Args)]
pub(super) struct Completions {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    pub shell: clap_complete::Shell,
}

/// `mqwarden man`.
#[derive(Debug, Args)]
pub(super) struct Man {
    /// The command that the page is about; without it, the page is about all
    #[arg(value_name = "COMMAND")]
    pub command: Option<String>,
}

/// An output format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For a terminal
    Table,
    /// For programs
    Json,
    /// For code scanning: SARIF 2.1.0
    Sarif,
    /// For a pull-request comment or the summary of a workflow
    Markdown,
    /// For an audit: one page that needs nothing else
    Html,
    /// For a spreadsheet: the matrix, a row for each principal, broker and operation
    Csv,
}

/// A further output: its format, and the file that it goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Output<F> {
    /// The format.
    pub format: F,
    /// The file.
    pub file: PathBuf,
}

/// From which severity on a finding makes the run fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOn {
    /// No finding does
    Never,
    /// Any finding does
    Note,
    /// Warnings and errors do
    Warning,
    /// Errors do
    Error,
}

impl FailOn {
    /// Whether a finding of `severity` makes the run fail.
    pub(super) fn includes(self, severity: Severity) -> bool {
        match self {
            Self::Never => false,
            Self::Note => true,
            Self::Warning => severity >= Severity::Warning,
            Self::Error => severity >= Severity::Error,
        }
    }
}

fn parse_output<F: ValueEnum>(text: &str) -> Result<Output<F>, String> {
    let (format, file) = text.split_once('=').ok_or("write FORMAT=FILE, for example json=report.json")?;
    let format = F::from_str(format, false)?;
    if file.is_empty() {
        return Err("the file after `=` is missing".into());
    }
    Ok(Output { format, file: file.into() })
}

/// A region of today or tomorrow.
fn parse_region(text: &str) -> Result<String, String> {
    if is_region(text) {
        Ok(text.to_owned())
    } else {
        Err("a region is written like `eu-west-1`; leave the option out where it is not known".into())
    }
}

/// A partition of today or tomorrow, such as `aws` or `aws-us-gov`.
fn parse_partition(text: &str) -> Result<String, String> {
    let mut words = text.split('-');
    let is_word = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
    if words.next() == Some("aws") && words.all(is_word) {
        Ok(text.to_owned())
    } else {
        Err("a partition is `aws`, or written like `aws-us-gov`; leave the option out where it is not known"
            .into())
    }
}

fn parse_account(text: &str) -> Result<String, String> {
    if text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()) {
        Ok(text.into())
    } else {
        Err("an account id has twelve digits".into())
    }
}

fn parse_context(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if key.contains(':') && !key.contains(char::is_whitespace) => {
            Ok((key.into(), value.into()))
        }
        _ => Err("write KEY=VALUE, for example aws:MultiFactorAuthPresent=true".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::Arguments;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }
}
