//! ARNs: built from parts that may have holes, and taken apart.
//!
//! Forms: Service Authorization Reference for Amazon MQ; IAM User Guide, "IAM identifiers".

use crate::text::{CharSet, Hole, Piece, Run, Shape, Text, TextBuilder};

/// Where a resource lives. Parts that nothing tells are holes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// `aws`, `aws-cn`, `aws-us-gov`, …
    pub partition: Text,
    /// Such as `eu-west-1`. What belongs to IAM has none in its ARN.
    pub region: Text,
    /// Twelve digits.
    pub account: Text,
}

/// The path of IAM objects that are given none.
pub const ROOT_PATH: &str = "/";

impl Place {
    /// A broker. `name` and `id` as Amazon MQ knows them.
    pub fn broker(&self, name: &Text, id: &Text) -> Text {
        self.regional("mq").push_str("broker:").push_text(name).push_str(":").push_text(id).finish()
    }

    /// A configuration of brokers.
    pub fn configuration(&self, id: &Text) -> Text {
        self.regional("mq").push_str("configuration:").push_text(id).finish()
    }

    /// A key of AWS KMS, by its id.
    pub fn key(&self, id: &Text) -> Text {
        self.regional("kms").push_str("key/").push_text(id).finish()
    }

    /// A role. `path` begins and ends with a slash, here and below.
    pub fn role(&self, path: &Text, name: &Text) -> Text {
        self.named("role", path, name)
    }

    /// A user.
    pub fn user(&self, path: &Text, name: &Text) -> Text {
        self.named("user", path, name)
    }

    /// A group.
    pub fn group(&self, path: &Text, name: &Text) -> Text {
        self.named("group", path, name)
    }

    /// A customer managed policy.
    pub fn policy(&self, path: &Text, name: &Text) -> Text {
        self.named("policy", path, name)
    }

    /// An instance profile.
    pub fn instance_profile(&self, path: &Text, name: &Text) -> Text {
        self.named("instance-profile", path, name)
    }

    /// An `OpenID` Connect provider, by its URL with or without `https://`.
    pub fn oidc_provider(&self, url: &Text) -> Text {
        let mut arn = self.global("iam");
        arn.push_str("oidc-provider/");
        for (index, piece) in url.pieces().enumerate() {
            match piece {
                Piece::Literal(text) if index == 0 => {
                    arn.push_str(text.strip_prefix("https://").unwrap_or(text))
                }
                piece => arn.push_piece(piece),
            };
        }
        arn.mark_sensitive(url.is_sensitive()).finish()
    }

    /// A SAML provider.
    pub fn saml_provider(&self, name: &Text) -> Text {
        self.global("iam").push_str("saml-provider/").push_text(name).finish()
    }

    /// The account's root user, as trust policies name it.
    pub fn root(&self) -> Text {
        self.global("iam").push_str("root").finish()
    }

    /// A session of a role that was assumed. The role's path is not part of it.
    pub fn assumed_role(&self, role: &Text, session: &Text) -> Text {
        self.global("sts").push_str("assumed-role/").push_text(role).push_str("/").push_text(session).finish()
    }

    fn named(&self, kind: &str, path: &Text, name: &Text) -> Text {
        self.global("iam").push_str(kind).push_text(path).push_text(name).finish()
    }

    fn regional(&self, service: &str) -> TextBuilder {
        self.begin(service, Some(&self.region))
    }

    fn global(&self, service: &str) -> TextBuilder {
        self.begin(service, None)
    }

    fn begin(&self, service: &str, region: Option<&Text>) -> TextBuilder {
        let mut arn = Text::builder();
        arn.push_str("arn:").push_text(&self.partition).push_str(":").push_str(service).push_str(":");
        if let Some(region) = region {
            arn.push_text(region);
        }
        arn.push_str(":").push_text(&self.account).push_str(":");
        arn
    }
}

/// The six parts of an ARN, the first of which is always `arn`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arn<'a> {
    /// `aws`, `aws-cn`, …
    pub partition: &'a str,
    /// Such as `mq` or `iam`.
    pub service: &'a str,
    /// Empty where the service has no regions.
    pub region: &'a str,
    /// Empty where the resource belongs to no account; `aws` for what AWS manages.
    pub account: &'a str,
    /// Everything after the fifth colon.
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// Takes an ARN apart; `None` where the text is not one. Any part but the resource may be empty.
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        let (head, partition, service) = (parts.next()?, parts.next()?, parts.next()?);
        let (region, account, resource) = (parts.next()?, parts.next()?, parts.next()?);
        (head == "arn" && !resource.is_empty()).then_some(Self {
            partition,
            service,
            region,
            account,
            resource,
        })
    }

    /// The account, if it is an account id: twelve digits.
    pub fn account_id(&self) -> Option<&'a str> {
        is_account_id(self.account).then_some(self.account)
    }

    /// Name and id, if this is the ARN of a broker.
    pub fn broker(&self) -> Option<(&'a str, &'a str)> {
        if self.service != "mq" {
            return None;
        }
        let (name, id) = self.resource.strip_prefix("broker:")?.split_once(':')?;
        (!name.is_empty() && !id.is_empty() && !id.contains(':')).then_some((name, id))
    }

    /// Path (with both slashes) and name, if this is the ARN of an IAM object of this kind (`role`, `user`, `group`,
    /// `policy`, `instance-profile`).
    pub fn iam(&self, kind: &str) -> Option<(&'a str, &'a str)> {
        if self.service != "iam" {
            return None;
        }
        let rest = self.resource.strip_prefix(kind).filter(|rest| rest.starts_with('/'))?;
        let (path, name) = rest.split_at_checked(rest.rfind('/')?.saturating_add(1))?;
        (!name.is_empty()).then_some((path, name))
    }
}

const ANY: &str = "any";

/// The characters of a broker's name.
const BROKER_NAME: CharSet = CharSet::ALPHANUMERIC.with(CharSet::only(b'-')).with(CharSet::only(b'_'));

/// Any place there is.
fn anywhere() -> Place {
    let part = |name: &str, shape: Shape| Text::hole(Hole::new(ANY, name, shape));
    Place {
        partition: part("partition", Shape::PARTITION),
        region: part("region", Shape::REGION),
        account: part("account", Shape::ACCOUNT_ID),
    }
}

fn any_broker_name() -> Text {
    Text::hole(Hole::new(ANY, "name", Shape::new(vec![Run::at_least(1, BROKER_NAME)], false)))
}

fn any_broker_id() -> Text {
    Text::hole(Hole::new(ANY, "id", Shape::BROKER_ID))
}

/// The ARN of any broker: all of its parts are holes.
pub fn any_broker() -> Text {
    anywhere().broker(&any_broker_name(), &any_broker_id())
}

/// The ARN of any broker in a place of which the first five parts of an ARN are given, joined by colons.
pub fn any_broker_of(head: &Text) -> Text {
    let mut arn = Text::builder();
    arn.push_text(head).push_str(":broker:").push_text(&any_broker_name()).push_str(":");
    arn.push_text(&any_broker_id()).finish()
}

/// The ARN of one broker in such a place: what does not match it does not match every broker there.
pub fn some_broker_of(head: &str) -> Text {
    Text::from(format!("{head}:broker:0:b-00000000-0000-0000-0000-000000000000"))
}

/// The ARN of any configuration. Its id is `c-` and a UUID.
pub fn any_configuration() -> Text {
    let exactly = |count, set| Run::exactly(count, set);
    let hyphen = CharSet::only(b'-');
    let mut runs = vec![exactly(1, CharSet::only(b'c'))];
    for count in [8, 4, 4, 4, 12] {
        runs.extend([exactly(1, hyphen), exactly(count, CharSet::LOWER_HEX)]);
    }
    anywhere().configuration(&Text::hole(Hole::new(ANY, "id", Shape::new(runs, false))))
}

/// Whether the text is twelve digits.
pub fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// One of the six parts of an ARN, from zero, as [`split`] gives them.
pub fn part(text: &Text, index: usize) -> Option<Text> {
    let Some(known) = text.as_known().filter(|_| !text.is_sensitive()) else {
        return split(text)?.into_iter().nth(index);
    };
    let is_arn = known.starts_with("arn:") && known.bytes().filter(|&byte| byte == b':').take(5).count() == 5;
    is_arn.then(|| known.splitn(6, ':').nth(index).map(Text::from)).flatten()
}

/// The six parts of an ARN that may have holes, the first of them `arn`; `None` where the text is no ARN for certain,
/// or where a hole before the fifth colon could hold a colon, so that the parts are not known.
pub fn split(text: &Text) -> Option<[Text; 6]> {
    let mut parts: [Text; 6] = Default::default();
    let mut index = 0usize;
    let mut part = Text::builder();
    for piece in text.pieces() {
        match piece {
            Piece::Hole(hole) => {
                if index < 5 && hole.shape().may_contain(':') {
                    return None;
                }
                part.push_hole(hole);
            }
            Piece::Literal(mut literal) => {
                while let Some((before, after)) = literal.split_once(':').filter(|_| index < 5) {
                    *parts.get_mut(index)? = part.push_str(before).finish();
                    index = index.saturating_add(1);
                    literal = after;
                }
                part.push_str(literal);
            }
        }
    }
    *parts.get_mut(index)? = part.finish();
    let whole = index == 5 && parts.first().and_then(Text::as_known) == Some("arn");
    whole.then(|| parts.map(|part| part.mark_sensitive(text.is_sensitive())))
}

/// The id of a broker, as its ARN tells it: what follows the name.
pub fn id_of_broker(arn: &Text) -> Option<Text> {
    let [.., resource] = split(arn)?;
    let known = resource.as_known().and_then(|known| known.rsplit(':').next()).map(Text::from);
    let known = known.map(|id| id.mark_sensitive(resource.is_sensitive()));
    known.or_else(|| resource.holes().last().map(|hole| Text::hole(hole.clone())))
}

/// Whether a text has the form of a region, such as `eu-west-1` or `us-gov-west-1`.
pub fn is_region(text: &str) -> bool {
    let mut parts = text.rsplit('-');
    let is_of =
        |part: &str, is_right: fn(&u8) -> bool| !part.is_empty() && part.as_bytes().iter().all(is_right);
    let is_number = parts.next().is_some_and(|last| is_of(last, u8::is_ascii_digit));
    let words: Vec<&str> = parts.collect();
    is_number && words.len() >= 2 && words.iter().all(|word| is_of(word, u8::is_ascii_lowercase))
}

#[cfg(test)]
mod tests {
    use super::{Arn, Place, split};
    use crate::text::{Hole, Shape, Text};

    fn place() -> Place {
        Place { partition: "aws".into(), region: "eu-west-1".into(), account: Hole::account().into() }
    }

    #[test]
    fn arns_are_built_around_what_is_unknown() {
        let id = Hole::new("aws_mq_broker.main", "id", Shape::NEW_BROKER_ID);
        assert_eq!(
            place().broker(&"orders".into(), &id.into()).to_string(),
            "arn:aws:mq:eu-west-1:${account}:broker:orders:${aws_mq_broker.main.id}"
        );
        assert_eq!(
            place().role(&"/team/".into(), &"ops".into()).to_string(),
            "arn:aws:iam::${account}:role/team/ops"
        );
        assert_eq!(
            place().oidc_provider(&"https://example.com/id".into()).to_string(),
            "arn:aws:iam::${account}:oidc-provider/example.com/id"
        );
        assert_eq!(
            place().assumed_role(&"ops".into(), &"s".into()).to_string(),
            "arn:aws:sts::${account}:assumed-role/ops/s"
        );
    }

    #[test]
    fn a_secret_part_makes_a_secret_arn() {
        let name = Text::known("hush").mark_sensitive(true);
        assert_eq!(place().broker(&name, &"b-1".into()).to_string(), "(sensitive)");
        assert!(place().oidc_provider(&name).is_sensitive());
    }

    #[test]
    fn arns_are_taken_apart() {
        let arn = Arn::parse("arn:aws:mq:eu-west-1:123456789012:broker:orders:b-1").unwrap();
        assert_eq!(arn.broker(), Some(("orders", "b-1")));
        assert_eq!(arn.account_id(), Some("123456789012"));
        let role = Arn::parse("arn:aws:iam::123456789012:role/a/b/ops").unwrap();
        assert_eq!(role.iam("role"), Some(("/a/b/", "ops")));
        assert_eq!(role.iam("user"), None);
        let managed = Arn::parse("arn:aws:iam::aws:policy/ReadOnlyAccess").unwrap();
        assert_eq!((managed.account_id(), managed.iam("policy")), (None, Some(("/", "ReadOnlyAccess"))));
        for no_arn in ["", "*", "arn:aws:mq:eu-west-1:1", "urn:a:b:c:d:e", "arn:aws:mq:::"] {
            assert_eq!(Arn::parse(no_arn), None, "{no_arn}");
        }
    }

    #[test]
    fn holes_stay_in_their_part() {
        let id = Hole::new("aws_mq_broker.main", "id", Shape::NEW_BROKER_ID);
        let arn = place().broker(&"orders".into(), &id.clone().into());
        let parts = split(&arn).unwrap();
        assert_eq!(parts[4], Hole::account().into());
        assert_eq!(parts[5].to_string(), "broker:orders:${aws_mq_broker.main.id}");
        assert_eq!(split(&Text::builder().push_str("arn:aws:mq:").push_hole(&id).finish()), None);
        let anything = Hole::new("x", "y", Shape::ANY);
        let open = |before: &str, after: &str| {
            Text::builder().push_str(before).push_hole(&anything).push_str(after).finish()
        };
        assert_eq!(split(&open("arn:aws:", ":eu-west-1:1:x")), None);
        assert!(split(&open("arn:aws:mq:eu-west-1:1:broker:", ":*")).is_some());
    }
}
