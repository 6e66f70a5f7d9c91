//! Keys of the request that the user fixes for the whole analysis, with `--context` or in the intent.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::origin::{Origin, origin};
use crate::aws::condition_keys::{self, KeyType};
use crate::iam::{KeyName, iso_8601, seconds_of};

/// A key of the request that cannot be fixed, or not so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContextError {
    /// The plan says what it is, for each principal and broker, or every request has the same.
    #[error("the plan fixes the key {key} for each principal and broker: it cannot be set; leave it out")]
    FixedByPlan {
        /// The key, as given.
        key: String,
    },
    /// No request to Amazon MQ has it.
    #[error("no request to Amazon MQ has the key {key}: it cannot be set; leave it out")]
    Never {
        /// The key, as given.
        key: String,
    },
    /// It is said to be absent, and to have a value.
    #[error("the key {key} cannot be absent and have a value: leave one of the two out")]
    AbsentWithValue {
        /// The key, as given.
        key: String,
    },
    /// The current time is given in both of its keys, and is not one.
    #[error("aws:CurrentTime and aws:EpochTime tell two times: leave one of the two out")]
    TwoTimes,
    /// No request has such a value.
    #[error("`{value}` cannot be the value of {key}: write {expected}")]
    Unreadable {
        /// The key, as given.
        key: String,
        /// The value, as given.
        value: String,
        /// What would be one.
        expected: &'static str,
    },
}

/// What the user fixes for the whole analysis: by key, its values; none means absent.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    entries: BTreeMap<KeyName, Vec<String>>,
}

impl Overrides {
    /// Takes `KEY=VALUE` pairs: an empty value means absent, several values are a list.
    pub fn new(pairs: &[(String, String)]) -> Result<Self, ContextError> {
        let mut entries: BTreeMap<KeyName, Vec<String>> = BTreeMap::new();
        for (key, value) in pairs {
            let name = KeyName::new(key);
            refuse(&name, key)?;
            if let Some(expected) = is_missed(key, value) {
                return Err(ContextError::Unreadable { key: key.clone(), value: value.clone(), expected });
            }
            let is_first = !entries.contains_key(&name);
            let values = entries.entry(name).or_default();
            if !is_first && value.is_empty() != values.is_empty() {
                return Err(ContextError::AbsentWithValue { key: key.clone() });
            }
            if !value.is_empty() {
                values.push(value.clone());
            }
        }
        bind_times(&mut entries)?;
        Ok(Self { entries })
    }

    /// The values of a key that is fixed; none where it is absent.
    pub(super) fn get(&self, name: &KeyName) -> Option<&[String]> {
        self.entries.get(name).map(Vec::as_slice)
    }
}

/// What is written instead of a value that no request has.
fn is_missed(key: &str, value: &str) -> Option<&'static str> {
    if value.is_empty() {
        return None;
    }
    let (is_read, expected) = match condition_keys::find(key)?.value_type {
        KeyType::String | KeyType::Arn => return None,
        KeyType::Bool => {
            let is_bool = ["true", "false"].iter().any(|word| value.eq_ignore_ascii_case(word));
            (is_bool, "`true` or `false`")
        }
        KeyType::IpAddress => (value.parse::<IpAddr>().is_ok(), "one address, such as `203.0.113.7`"),
        KeyType::Numeric => (value.parse::<f64>().is_ok_and(f64::is_finite), "a number"),
        KeyType::Date => {
            (seconds_of(value).is_some(), "a time such as `2026-11-01T12:00:00Z`, or the seconds since 1970")
        }
    };
    (!is_read).then_some(expected)
}

/// The current time is one, in whichever of its two keys it is given.
fn bind_times(entries: &mut BTreeMap<KeyName, Vec<String>>) -> Result<(), ContextError> {
    let keys = [KeyName::new("aws:CurrentTime"), KeyName::new("aws:EpochTime")];
    let [current, epoch] = keys.each_ref().map(|key| entries.get(key).cloned());
    let [current_key, epoch_key] = keys;
    match (current.as_deref(), epoch.as_deref()) {
        (Some([time]), None) => {
            if let Some(seconds) = seconds_of(time) {
                entries.insert(epoch_key, vec![seconds.to_string()]);
            }
        }
        (None, Some([time])) => {
            if let Some(seconds) = seconds_of(time) {
                entries.insert(current_key, vec![iso_8601(seconds)]);
            }
        }
        (Some([time]), Some([other])) if seconds_of(time) != seconds_of(other) => {
            return Err(ContextError::TwoTimes);
        }
        _ => {}
    }
    Ok(())
}

/// Refuses keys that the plan, or the nature of the request, fixes.
fn refuse(name: &KeyName, key: &str) -> Result<(), ContextError> {
    match origin(name) {
        Origin::Free | Origin::Session | Origin::Organization | Origin::NoSuchKey => Ok(()),
        _ if name.lower() == "aws:userid" => Ok(()),
        Origin::Never => Err(ContextError::Never { key: key.to_owned() }),
        _ => Err(ContextError::FixedByPlan { key: key.to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use super::{ContextError, Overrides};

    fn given(pairs: &[(&str, &str)]) -> Result<Overrides, ContextError> {
        let pairs: Vec<_> = pairs.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect();
        Overrides::new(&pairs)
    }

    #[test]
    fn what_no_request_has_is_refused() {
        let wrong: [&[(&str, &str)]; 9] = [
            &[("aws:PrincipalArn", "x")],
            &[("s3:prefix", "x")],
            &[("aws:SourceIp", "nonsense")],
            &[("aws:SourceIp", "10.0.0.0/8")],
            &[("aws:MultiFactorAuthPresent", "yes")],
            &[("aws:MultiFactorAuthAge", "old")],
            &[("aws:CurrentTime", "tomorrow")],
            &[("aws:SourceIp", ""), ("aws:SourceIp", "10.1.1.1")],
            &[("aws:CurrentTime", "2026-11-01T12:00:00Z"), ("aws:EpochTime", "0")],
        ];
        for pairs in wrong {
            assert!(given(pairs).is_err(), "{pairs:?}");
        }
    }

    #[test]
    fn what_a_request_may_have_is_taken() {
        let right: [&[(&str, &str)]; 6] = [
            &[("aws:SourceIp", "10.1.1.1"), ("AWS:sourceip", "2001:db8::1")],
            &[("aws:MultiFactorAuthPresent", "True")],
            &[("aws:MultiFactorAuthAge", "300")],
            &[("aws:CurrentTime", "1760000000")],
            &[("aws:VpcSourceIp", "")],
            &[("aws:userid", "AROAX:me"), ("aws:SourceVpce", "vpce-1"), ("aws:SourceVpce", "vpce-2")],
        ];
        for pairs in right {
            assert!(given(pairs).is_ok(), "{pairs:?}");
        }
    }
}
