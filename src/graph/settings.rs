//! The settings of a broker that decide what else its operations need.

use std::collections::BTreeMap;

use super::build::Builder;
use super::facts::values;
use super::{PerState, State};
use crate::plan::{Action, ResourceChange, Value};
use crate::text::{Hole, Piece, Shape, Text, Truth};

/// Things that a broker names: security groups, subnets, roles.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Listed {
    /// These, which may have holes; none where the broker names none.
    Known(Vec<Text>),
    /// Which, and how many, is known only after apply.
    Unknown(Hole),
}

impl Listed {
    /// Whether there are any.
    pub fn is_any(&self) -> Truth {
        match self {
            Self::Known(list) => Truth::from(!list.is_empty()),
            Self::Unknown(_) => Truth::Maybe,
        }
    }

    /// Those that are known.
    pub fn known(&self) -> &[Text] {
        match self {
            Self::Known(list) => list,
            Self::Unknown(_) => &[],
        }
    }
}

/// What a broker is encrypted with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Encryption {
    /// A key that AWS owns, or one that it manages for the account.
    Aws,
    /// A key of the customer's, by its ARN.
    Customer(Text),
    /// It is known only after apply whether there is a key of the customer's.
    Unknown(Hole),
}

/// The settings of a broker that decide what else its operations need.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BrokerSettings {
    /// Whether it can be reached from the internet.
    pub is_public: Truth,
    /// Its security groups.
    pub security_groups: Listed,
    /// Its subnets.
    pub subnets: Listed,
    /// What it is encrypted with.
    pub encryption: Encryption,
    /// Whether it writes general logs.
    pub general_logs: Truth,
    /// Whether it writes audit logs.
    pub audit_logs: Truth,
    /// Whether its data is replicated to or from another region.
    pub is_replicated: Truth,
    /// The ARN of the broker that its data comes from.
    pub primary: Option<Text>,
    /// The roles that its configuration makes it assume.
    pub assumed_roles: Listed,
    /// The id of its configuration, where it names one.
    pub configuration: Option<Text>,
}

impl Default for BrokerSettings {
    fn default() -> Self {
        Self {
            is_public: Truth::False,
            security_groups: Listed::Known(Vec::new()),
            subnets: Listed::Known(Vec::new()),
            encryption: Encryption::Aws,
            general_logs: Truth::False,
            audit_logs: Truth::False,
            is_replicated: Truth::False,
            primary: None,
            assumed_roles: Listed::Known(Vec::new()),
            configuration: None,
        }
    }
}

/// The documents of the plan's broker configurations, by id.
pub(super) type Configurations = PerState<BTreeMap<Text, Text>>;

impl Builder<'_> {
    pub(super) fn configurations(&self) -> Configurations {
        let mut found = Configurations::default();
        for resource in self.managed("aws_mq_configuration") {
            for state in [State::Before, State::After] {
                let Some(values) = values(resource, state) else { continue };
                if let (Some(id), Some(data)) =
                    (values.member("id").to_text(), values.member("data").to_text())
                {
                    found.get_mut(state).insert(id.unmarked(), data);
                }
            }
        }
        found
    }

    /// The settings of a broker. An argument that the configuration does not set and that is known only after apply
    /// has its default.
    pub(super) fn settings(
        &self,
        resource: &ResourceChange,
        values: &Value,
        configurations: &BTreeMap<Text, Text>,
    ) -> BrokerSettings {
        let is_new = matches!(resource.action, Action::Create | Action::Replace);
        let read = |name: &str| match values.member(name) {
            Value::Unknown(_) if is_new && !(self.configured)(&resource.address, name) => &Value::Null,
            value => value,
        };
        let hole = |name: &str| Hole::new(&*resource.address_text, name, Shape::ANY);
        let configuration = block(read("configuration"), "id", &hole("configuration"));
        // A state does not show what its configuration sets.
        let is_named = self.plan.is_state || (self.configured)(&resource.address, "configuration");
        BrokerSettings {
            is_public: truth(read("publicly_accessible")),
            security_groups: listed(read("security_groups")),
            subnets: listed(read("subnet_ids")),
            encryption: encryption(read("encryption_options")),
            general_logs: in_block(read("logs"), "general"),
            audit_logs: in_block(read("logs"), "audit"),
            is_replicated: replication(read("data_replication_mode")),
            primary: values.member("data_replication_primary_broker_arn").to_text().filter(is_given),
            assumed_roles: match &configuration {
                None => Listed::Known(Vec::new()),
                Some(id) => match (configurations.get(&id.unmarked()), id.as_hole()) {
                    (Some(data), _) => assumed_roles(data, &hole("configuration")),
                    // The default configuration of the engine names no role.
                    (None, _) if !is_named => Listed::Known(Vec::new()),
                    (None, Some(open)) => Listed::Unknown(open.clone()),
                    (None, None) => Listed::Unknown(hole("configuration")),
                },
            },
            configuration,
        }
    }
}

fn is_given(text: &Text) -> bool {
    text.as_known() != Some("")
}

/// A truth value, or the text of one; absent is false.
fn truth(value: &Value) -> Truth {
    match value {
        Value::Bool(value) => Truth::from(*value),
        Value::String(text) => match text.as_known() {
            Some(text) => Truth::from(text.eq_ignore_ascii_case("true") || text == "1"),
            None => Truth::Maybe,
        },
        Value::Unknown(_) => Truth::Maybe,
        _ => Truth::False,
    }
}

fn listed(value: &Value) -> Listed {
    match value {
        Value::Unknown(hole) => Listed::Unknown(hole.clone()),
        value => Listed::Known(value.elements().iter().filter_map(Value::to_text).filter(is_given).collect()),
    }
}

/// A truth value inside the only block of its kind.
fn in_block(blocks: &Value, name: &str) -> Truth {
    match blocks {
        Value::Unknown(_) => Truth::Maybe,
        blocks => Truth::any(blocks.elements().iter().map(|block| match block {
            Value::Unknown(_) => Truth::Maybe,
            block => truth(block.member(name)),
        })),
    }
}

/// A text inside the only block of its kind; `hole` where it is known only after apply.
fn block(blocks: &Value, name: &str, hole: &Hole) -> Option<Text> {
    match blocks {
        Value::Unknown(hole) => Some(Text::hole(hole.clone())),
        blocks => blocks.elements().iter().find_map(|block| match block {
            Value::Unknown(_) => Some(Text::hole(hole.clone())),
            block => block.member(name).to_text().filter(is_given),
        }),
    }
}

fn encryption(blocks: &Value) -> Encryption {
    let one = match blocks {
        Value::Unknown(hole) => return Encryption::Unknown(hole.clone()),
        blocks => blocks.elements().first(),
    };
    let block = match one {
        None => return Encryption::Aws,
        Some(Value::Unknown(hole)) => return Encryption::Unknown(hole.clone()),
        Some(block) => block,
    };
    let owned = match block.member("use_aws_owned_key") {
        Value::Null => Truth::True,
        value => truth(value),
    };
    match (owned, block.member("kms_key_id").to_text().filter(is_given)) {
        (Truth::True, _) | (Truth::False, None) => Encryption::Aws,
        (Truth::False, Some(key)) => Encryption::Customer(key),
        (Truth::Maybe, key) => {
            let open = block.member("use_aws_owned_key").to_text().or(key);
            match open.and_then(|text| text.holes().next().cloned()) {
                Some(hole) => Encryption::Unknown(hole),
                None => Encryption::Aws,
            }
        }
    }
}

fn replication(mode: &Value) -> Truth {
    match mode {
        Value::String(text) => match text.as_known() {
            Some(mode) => Truth::from(mode.eq_ignore_ascii_case("CRDR")),
            None => Truth::Maybe,
        },
        Value::Unknown(_) => Truth::Maybe,
        _ => Truth::False,
    }
}

/// The key of a `RabbitMQ` configuration whose value is a role that Amazon MQ assumes.
const ASSUMED_ROLE: &str = "aws.arns.assume_role_arn";

/// The roles that the document of a configuration names. What stands behind a hole on a line of its own is not known.
fn assumed_roles(data: &Text, hole: &Hole) -> Listed {
    if let Some(hole) = data.as_hole() {
        return Listed::Unknown(hole.clone());
    }
    let mut roles = Vec::new();
    let mut open = None;
    for line in lines(data) {
        let mut pieces = line.pieces();
        match pieces.next() {
            Some(Piece::Literal(start)) => {
                let Some((key, value)) = start.split_once('=') else {
                    // A line that is put together: its key is not known.
                    if !start.trim_start().starts_with('#') && line.holes().next().is_some() {
                        open = open.or_else(|| line.holes().next().cloned());
                    }
                    continue;
                };
                if key.trim() != ASSUMED_ROLE {
                    continue;
                }
                let mut role = Text::builder();
                role.push_str(value.trim_start());
                for piece in pieces {
                    match piece {
                        Piece::Literal(text) => role.push_str(text.trim_end()),
                        piece @ Piece::Hole(_) => role.push_piece(piece),
                    };
                }
                let role = role.mark_sensitive(data.is_sensitive()).finish();
                roles.push(match role.as_known() {
                    Some(known) => Text::known(known.trim_end()).mark_sensitive(role.is_sensitive()),
                    None => role,
                });
            }
            Some(Piece::Hole(hole)) => open = open.or_else(|| Some(hole.clone())),
            None => {}
        }
    }
    match open {
        Some(_) if roles.is_empty() => Listed::Unknown(hole.clone()),
        _ => Listed::Known(roles),
    }
}

fn lines(data: &Text) -> Vec<Text> {
    let mut lines = Vec::new();
    let mut line = Text::builder();
    for piece in data.pieces() {
        let Piece::Literal(mut text) = piece else {
            line.push_piece(piece);
            continue;
        };
        while let Some((before, after)) = text.split_once('\n') {
            lines.push(line.push_str(before).finish());
            text = after;
        }
        line.push_str(text);
    }
    lines.push(line.finish());
    lines
}

#[cfg(test)]
mod tests {
    use super::{Encryption, Listed, assumed_roles, encryption};
    use crate::plan::{Object, Value};
    use crate::text::{Hole, Shape, Text, Truth};

    fn hole(name: &str) -> Hole {
        Hole::new("aws_mq_broker.b", name, Shape::ANY)
    }

    fn roles(data: &Text) -> Listed {
        assumed_roles(data, &hole("configuration"))
    }

    #[test]
    fn the_role_of_a_configuration_is_found() {
        let data =
            Text::known("# x\nconsumer_timeout = 1\n aws.arns.assume_role_arn = arn:aws:iam::1:role/r \r\n");
        assert_eq!(roles(&data), Listed::Known(vec!["arn:aws:iam::1:role/r".into()]));
        assert_eq!(roles(&Text::known("#aws.arns.assume_role_arn = x")), Listed::Known(vec![]));
        assert_eq!(roles(&Text::known("<broker/>")), Listed::Known(vec![]));
    }

    #[test]
    fn a_role_with_a_hole_is_known_by_its_hole_and_a_whole_hole_is_open() {
        let arn = hole("arn");
        let data = Text::builder()
            .push_str("a = 1\naws.arns.assume_role_arn = ")
            .push_hole(&arn)
            .push_str("\n")
            .finish();
        assert_eq!(roles(&data), Listed::Known(vec![Text::hole(arn.clone())]));
        assert_eq!(roles(&Text::hole(arn.clone())).is_any(), Truth::Maybe);
        let open = Text::builder().push_str("a = 1\n").push_hole(&arn).finish();
        assert_eq!(roles(&open).is_any(), Truth::Maybe);
        let value = Text::builder().push_str("a = ").push_hole(&arn).finish();
        assert_eq!(roles(&value).is_any(), Truth::False);
    }

    fn options(owned: Value, key: Value) -> Value {
        let members = [("kms_key_id".into(), key), ("use_aws_owned_key".into(), owned)];
        Value::List(vec![Value::Object(Object { members: members.into_iter().collect(), sensitive: false })])
    }

    #[test]
    fn a_key_counts_only_where_the_key_of_aws_is_declined() {
        let key = || Value::String("arn:aws:kms:eu-west-1:1:key/k".into());
        assert_eq!(encryption(&options(Value::Bool(true), key())), Encryption::Aws);
        assert_eq!(encryption(&options(Value::Bool(false), Value::String("".into()))), Encryption::Aws);
        assert!(matches!(encryption(&options(Value::Bool(false), key())), Encryption::Customer(_)));
        assert!(matches!(encryption(&options(Value::Unknown(hole("x")), key())), Encryption::Unknown(_)));
        assert_eq!(encryption(&Value::List(vec![])), Encryption::Aws);
    }
}
