//! The functions of the AWS provider that only work on texts.

use super::text::split;
use super::{Fault, Invocation, Outcome};
use crate::source::value::{Members, Value};
use crate::text::{Text, concat};

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
fn parts(text: &Text) -> Option<Vec<Text>> {
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
    match parts(&f.text(0)?) {
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
    let Some(parts) = split(&text, "/") else { return Ok(f.unknown_text()) };
    let (Some(Some(first)), Some(Some(last))) = (parts.first(), parts.last()) else {
        return Ok(f.unknown_text());
    };
    if parts.len() < 2 {
        return Err(Fault::invalid("not the ARN of a role"));
    }
    f.bounded(concat([first, &Text::known("/"), last]))
}
