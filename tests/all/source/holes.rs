//! What is evaluated with holes is never contradicted by what comes out once their values are known.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::cloned_ref_to_slice_refs,
    clippy::print_stderr,
    clippy::print_stdout,
    unreachable_pub,
    dead_code,
    missing_docs,
    reason = "a test"
)]

use crate::source::support::{Small, folder, string};
use mqwarden::plan::Value;
use mqwarden::source::{Evaluator, Source};
use mqwarden::text::{Hole, Piece, Shape, Text};
use proptest::prelude::*;

/// Expressions of two ARNs with known parts, of a text of which nothing is known, and of a number.
const EXPRESSIONS: &[&str] = &[
    "aws_mq_broker.a.arn",
    "\"${aws_mq_broker.a.arn}/*\"",
    "\"x-${aws_x.t.name}-y\"",
    "[aws_mq_broker.a.arn, aws_x.t.name]",
    "{ a = aws_x.t.name, b = \"k\" }",
    "split(\":\", aws_mq_broker.a.arn)",
    "split(\":\", aws_mq_broker.a.arn)[5]",
    "split(\":\", aws_mq_broker.a.arn)[6]",
    "split(\":\", \"a:b:${aws_x.t.name}:c\")",
    "split(\":\", \"a:b:${aws_x.t.name}:c\")[1]",
    "split(\"-\", aws_mq_broker.a.id)[0]",
    "split(\"::\", \"a:${aws_x.t.name}:b\")",
    "element(split(\"/\", \"x/${aws_x.t.name}/z\"), 0)",
    "join(\",\", [aws_mq_broker.a.arn, \"b\", aws_x.t.name])",
    "join(\",\", split(\":\", aws_mq_broker.a.arn))",
    "replace(aws_mq_broker.a.arn, \":broker:\", \":x:\")",
    "replace(aws_mq_broker.a.arn, \":\", \"/\")",
    "replace(aws_mq_broker.a.arn, \"b-\", \"B\")",
    "replace(aws_mq_broker.a.arn, \"orders:\", \"*:\")",
    "replace(\"@0@ @1@\", \"@0@\", aws_x.t.name)",
    "replace(replace(\"@0@ @1@\", \"@0@\", aws_mq_broker.a.arn), \"@1@\", aws_x.t.name)",
    "replace(replace(\"@0@ @1@\", \"@0@\", aws_x.t.name), \"@1@\", \"z\")",
    "replace(\"a${aws_x.t.name}b\", \"ab\", \"_\")",
    "replace(\"ab${aws_x.t.name}ba\", \"ba\", \"_\")",
    "replace(aws_mq_broker.a.arn, \"/[0-9]+/\", \"#\")",
    "lower(aws_mq_broker.a.arn)",
    "upper(aws_mq_broker.a.arn)",
    "lower(\"A${aws_x.t.name}B\")",
    "title(aws_x.t.name)",
    "trimspace(\"  ${aws_mq_broker.a.id}  \")",
    "trimspace(\" a${aws_x.t.name} \")",
    "trim(aws_mq_broker.a.arn, \"a\")",
    "trim(\"xx${aws_mq_broker.a.id}xx\", \"x\")",
    "trimprefix(aws_mq_broker.a.arn, \"arn:aws:\")",
    "trimprefix(aws_mq_broker.a.id, \"b-\")",
    "trimprefix(aws_x.t.name, \"a\")",
    "trimsuffix(\"${aws_mq_broker.a.arn}/\", \"/\")",
    "trimsuffix(aws_mq_broker.a.arn, \"/\")",
    "startswith(aws_mq_broker.a.arn, \"arn:aws:mq\")",
    "startswith(aws_mq_broker.a.arn, \"arn:aws-cn\")",
    "startswith(aws_mq_broker.a.id, \"c\")",
    "startswith(aws_x.t.name, \"a\")",
    "endswith(aws_mq_broker.a.arn, \"*\")",
    "endswith(\"${aws_x.t.name}b\", \"ab\")",
    "strcontains(aws_mq_broker.a.arn, \"*\")",
    "strcontains(aws_mq_broker.a.arn, \"orders\")",
    "strcontains(\"a${aws_x.t.name}\", \"ab\")",
    "substr(aws_mq_broker.a.arn, 0, 10)",
    "substr(aws_mq_broker.a.arn, 4, -1)",
    "substr(aws_mq_broker.a.arn, 0, 30)",
    "format(\"%s-%d-%s\", aws_mq_broker.a.arn, 3, aws_x.t.name)",
    "format(\"%q\", aws_mq_broker.a.id)",
    "format(\"%q\", aws_x.t.name)",
    "format(\"%-60s|\", aws_mq_broker.a.id)",
    "formatlist(\"%s/*\", [aws_mq_broker.a.arn, aws_x.t.name])",
    "jsonencode({ Resource = [aws_mq_broker.a.arn, \"${aws_mq_broker.b.arn}:x\"] })",
    "jsondecode(jsonencode({ a = [aws_mq_broker.a.arn, 1] })).a[0]",
    "jsondecode(\"{\\\"a\\\": \\\"${aws_mq_broker.a.arn}\\\"}\").a",
    "aws_mq_broker.a.arn == aws_mq_broker.a.arn",
    "aws_mq_broker.a.arn == aws_mq_broker.b.arn",
    "aws_mq_broker.a.arn == \"arn:aws:mq:eu-west-1:123456789012:broker:orders:b-1\"",
    "aws_mq_broker.a.arn != aws_x.t.name",
    "aws_x.t.name == \"a\" ? \"b\" : \"b\"",
    "aws_x.t.name == \"a\" ? \"b\" : \"c\"",
    "aws_mq_broker.a.arn != \"\" ? \"yes\" : \"no\"",
    "aws_x.t.name == \"a\" || true",
    "aws_x.t.name == \"a\" && false",
    "contains([aws_mq_broker.a.arn, \"x\"], \"x\")",
    "contains([aws_mq_broker.a.arn], aws_mq_broker.b.arn)",
    "contains([aws_x.t.name], \"a\")",
    "length([aws_mq_broker.a.arn, aws_x.t.name])",
    "length(toset([aws_mq_broker.a.arn, aws_x.t.name]))",
    "length(distinct([aws_mq_broker.a.arn, aws_x.t.name, aws_mq_broker.a.arn]))",
    "length(split(\",\", aws_x.t.name))",
    "index([\"x\", aws_x.t.name], \"x\")",
    "index([aws_mq_broker.a.arn, \"x\"], \"x\")",
    "coalesce(aws_mq_broker.a.arn, \"x\")",
    "coalesce(aws_x.t.name, \"x\")",
    "coalesce(null, aws_mq_broker.a.id)",
    "[for x in [aws_mq_broker.a.arn, \"y\"] : upper(x) if x != \"y\"]",
    "[for x in [aws_x.t.name, \"y\"] : \"<${x}>\" if x != \"y\"]",
    "{ for x in [aws_mq_broker.a.arn, \"y\"] : x => 1 }[\"y\"]",
    "{ (aws_mq_broker.a.id) = 1, b = 2 }[\"b\"]",
    "lookup({ (aws_x.t.name) = \"1\", b = \"2\" }, \"c\", \"d\")",
    "concat([aws_x.t.name], [\"b\"])[1]",
    "flatten([[aws_x.t.name], [\"b\"]])[1]",
    "merge({ a = aws_x.t.name }, { a = \"z\" }).a",
    "merge({ a = \"z\" }, { (aws_x.t.name) = \"y\" }).a",
    "keys({ (aws_mq_broker.a.id) = 1 })[0]",
    "zipmap([\"k\"], [aws_x.t.name])[\"k\"]",
    "\"%{ if aws_x.t.name == \"a\" }x%{ else }y%{ endif }z\"",
    "\"%{ for x in [aws_x.t.name, \"b\"] }${x},%{ endfor }\"",
    "provider::aws::arn_parse(aws_mq_broker.a.arn).resource",
    "provider::aws::arn_parse(aws_mq_broker.a.arn).account_id",
    "indent(2, aws_mq_broker.a.arn)",
    "chomp(aws_x.t.name)",
    "chomp(\"${aws_x.t.name}x\\n\")",
    "regexall(\"^arn\", aws_mq_broker.a.arn)",
    "try(regex(\"^b-\", aws_mq_broker.a.id), \"none\")",
    "can(regex(\"^a\", aws_x.t.name))",
    "base64encode(aws_x.t.name)",
    "compact([aws_mq_broker.a.arn, \"\", \"x\"])",
    "one([aws_mq_broker.a.arn])",
    "alltrue([aws_x.t.name == \"a\", false])",
    "anytrue([aws_x.t.name == \"a\", true])",
    "yamlencode({ a = aws_x.t.name })",
    "tostring(aws_mq_broker.a.id)",
    "replace(aws_mq_broker.a.arn, aws_mq_broker.a.id, \"*\")",
    "replace(aws_mq_broker.a.arn, \":${aws_mq_broker.a.id}\", \"/x\")",
    "replace(aws_mq_broker.a.arn, \"x:${aws_mq_broker.a.id}\", \"/x\")",
    "replace(\"${aws_mq_broker.a.arn}/${aws_mq_broker.a.id}/y\", \"${aws_mq_broker.a.id}/\", aws_mq_broker.b.id)",
    "replace(aws_mq_broker.a.arn, aws_mq_broker.b.id, \"*\")",
    "replace(aws_mq_broker.a.arn, aws_x.t.name, \"*\")",
    "replace(\"${aws_x.t.name}${aws_mq_broker.a.id}\", aws_mq_broker.a.id, \"*\")",
    "trimsuffix(aws_mq_broker.a.arn, aws_mq_broker.a.id)",
    "trimsuffix(aws_mq_broker.a.arn, \"s:${aws_mq_broker.a.id}\")",
    "trimsuffix(aws_mq_broker.a.arn, \"x:${aws_mq_broker.a.id}\")",
    "trimsuffix(aws_mq_broker.a.arn, aws_x.t.name)",
    "trimprefix(\"${aws_mq_broker.a.id}-x\", aws_mq_broker.a.id)",
    "trimprefix(aws_mq_broker.a.arn, \"arn:aws:mq:eu-west-1:${split(\":\", aws_mq_broker.a.arn)[4]}:\")",
    "yamldecode(\"a:\\n- ${aws_mq_broker.a.arn}\\n- '${aws_mq_broker.a.arn}/*'\\nb: ${aws_mq_broker.a.id}\\nc: x\\n\")",
    "yamldecode(\"a: ${split(\":\", aws_mq_broker.a.arn)[4]}\\nb: \\\"${split(\":\", aws_mq_broker.a.arn)[4]}\\\"\\n\")",
    "jsonencode(yamldecode(\"Resource:\\n  - ${aws_mq_broker.a.arn}\\n\"))",
    "regex(\"^(.*):[^:]+$\", aws_mq_broker.a.arn)[0]",
    "regex(\":broker:(?P<name>[^:]+):(?P<id>b-.*)$\", aws_mq_broker.a.arn)",
    "regex(\"[0-9]+\", aws_mq_broker.a.arn)",
    "regex(\"[0-9]{12}\", aws_mq_broker.a.arn)",
    "regex(\"[0-9]{11}\", aws_mq_broker.a.arn)",
    "regex(\"[a-f]+\", aws_mq_broker.a.id)",
    "regexall(\"[^:]+\", aws_mq_broker.a.arn)",
    "regexall(\"[0-9]\", aws_mq_broker.a.id)",
    "length(regexall(\"^arn:aws:mq:\", aws_mq_broker.a.arn))",
    "length(regexall(\"\\\\*\", aws_mq_broker.a.arn)) > 0",
    "can(regex(\"^b-[0-9a-f-]{36}$\", aws_mq_broker.a.id))",
    "can(regex(\"^b-[0-9]+\", aws_mq_broker.a.id))",
    "can(regex(\"^arn:aws:sns:\", aws_mq_broker.a.arn))",
    "replace(aws_mq_broker.a.arn, \"/:[0-9]{12}:/\", \":*:\")",
    "replace(aws_mq_broker.a.arn, \"/b-.*$/\", \"*\")",
    "replace(aws_mq_broker.a.arn, \"/[0-9]/\", \"#\")",
    "replace(aws_mq_broker.a.arn, \"/^(.*):(b-[^:]*)$/\", \"$2@$1\")",
    "replace(\"x orders y\", \"/orders/\", aws_mq_broker.a.arn)",
    "replace(aws_mq_broker.a.id, \"/(b|-)/\", \"_\")",
    "regex(\"a|ab|-\", aws_mq_broker.a.id)",
    "regex(\"^(b)(.*?)([^-]*)$\", aws_mq_broker.a.id)",
    "regexall(\"\\\\b[a-z]+\\\\b\", aws_mq_broker.a.arn)",
    "aws_x.t.list[0]",
    "[for x in aws_x.t.list : x]",
    "concat([\"a\"], aws_x.t.list)[0]",
    "length(concat([\"a\"], aws_x.t.list))",
    "join(\",\", aws_x.t.list)",
    "aws_x.t.list[*]",
    // The order of what is sorted, and of sets and maps, hangs on what is behind the holes.
    "sort([aws_mq_broker.a.id, aws_x.t.name, aws_mq_broker.b.id])[0]",
    "sort([aws_mq_broker.b.id, aws_mq_broker.a.id])[1]",
    "reverse(sort([aws_mq_broker.b.id, aws_mq_broker.a.id]))[0]",
    "element(sort([aws_mq_broker.a.id, aws_x.t.name, aws_mq_broker.b.id]), 1)",
    "slice(sort([aws_mq_broker.b.id, aws_mq_broker.a.id]), 0, 1)[0]",
    "chunklist(sort([aws_mq_broker.b.id, aws_mq_broker.a.id]), 1)[0][0]",
    "[for i, x in sort([aws_mq_broker.b.id, aws_mq_broker.a.id]) : i == 0 ? x : \"-\"][1]",
    "[for x in toset([aws_mq_broker.b.id, aws_mq_broker.a.id]) : x][0]",
    "{ for i, x in sort([aws_mq_broker.b.id, aws_mq_broker.a.id]) : i => x }[\"0\"]",
    "{ for i, x in sort([aws_mq_broker.b.id, aws_mq_broker.a.id]) : x => i }[aws_mq_broker.a.id]",
    "index(sort([aws_mq_broker.b.id, aws_mq_broker.a.id]), aws_mq_broker.a.id)",
    "join(\",\", sort([aws_mq_broker.b.id, aws_mq_broker.a.id]))",
    "join(\",\", toset([aws_mq_broker.a.id, aws_x.t.name, aws_mq_broker.b.id]))",
    "sort([aws_mq_broker.b.id, aws_mq_broker.a.id])[*][0]",
    "formatlist(\"%s-%s\", sort([aws_mq_broker.b.id, aws_mq_broker.a.id]), [\"x\", \"y\"])[0]",
    "formatlist(\"<%s>\", sort([aws_mq_broker.b.id, aws_mq_broker.a.id]))[0]",
    "zipmap(sort([aws_mq_broker.b.id, aws_mq_broker.a.id]), [\"x\", \"y\"])[aws_mq_broker.a.id]",
    "matchkeys([\"x\", \"y\"], sort([aws_mq_broker.b.id, aws_mq_broker.a.id]), [aws_mq_broker.a.id])[0]",
    "concat(sort([aws_mq_broker.b.id, aws_mq_broker.a.id]), [\"z\"])[0]",
    "flatten([sort([aws_mq_broker.b.id, aws_mq_broker.a.id]), \"z\"])[0]",
    "compact(sort([aws_mq_broker.b.id, aws_mq_broker.a.id]))[0]",
    "distinct(sort([aws_mq_broker.b.id, aws_mq_broker.a.id]))[0]",
    "coalescelist(sort([aws_mq_broker.b.id, aws_mq_broker.a.id]), [\"z\"])[0]",
    "tolist(toset([aws_mq_broker.b.id, aws_mq_broker.a.id]))[0]",
    "tolist(setproduct(toset([aws_mq_broker.b.id, aws_mq_broker.a.id]), toset([\"x\"])))[0][0]",
    "{ for x in [aws_mq_broker.b.id, aws_mq_broker.a.id] : \"k\" => x... }[\"k\"][0]",
    "{ for x in sort([aws_mq_broker.b.id, aws_mq_broker.a.id]) : \"k\" => x... }[\"k\"][0]",
    "keys({ for x in [aws_mq_broker.b.id, aws_mq_broker.a.id] : x => 1 })[0]",
    "values({ for x in [aws_mq_broker.b.id, aws_mq_broker.a.id] : x => upper(x) })[0]",
    "[for k, v in { for x in [aws_mq_broker.b.id, aws_mq_broker.a.id] : x => 1 } : k][0]",
    "values(merge({ (aws_mq_broker.a.id) = \"i\" }, { bz = \"z\", a = \"a\" }))[2]",
    "transpose({ (aws_mq_broker.a.id) = [\"x\"], (aws_mq_broker.b.id) = [\"x\"] })[\"x\"][0]",
    "length(sort([aws_mq_broker.a.id, aws_x.t.name, aws_mq_broker.b.id]))",
    "length(toset([aws_mq_broker.b.id, aws_mq_broker.a.id]))",
    "length(toset([aws_mq_broker.a.id, aws_x.t.name, aws_mq_broker.b.id]))",
    "length({ for x in [aws_mq_broker.b.id, aws_mq_broker.a.id] : x => 1 })",
    "length(aws_mq_broker.a.id)",
    "length(aws_mq_broker.a.arn) > 0",
    "length(aws_x.t.name) > 0",
    "\"%{ for i, x in sort([aws_mq_broker.b.id, aws_mq_broker.a.id]) }%{ if i == 0 }${x}%{ endif }%{ endfor }\"",
    "sort([\"b:${aws_mq_broker.a.id}\", \"a:${aws_mq_broker.b.id}\"])[0]",
    "[for i, x in sort([\"b:${aws_x.t.name}\", \"a:${aws_x.t.name}\"]) : \"${i}${x}\"]",
    "tolist(toset([\"b:${aws_x.t.name}\", \"a:${aws_x.t.name}\"]))[1]",
    "values({ \"b:${aws_x.t.name}\" = \"b\", \"a:${aws_x.t.name}\" = \"a\" })[0]",
    "can(tonumber(aws_mq_broker.a.id))",
    "can(tonumber(aws_x.t.name))",
    "can(tobool(aws_mq_broker.a.id))",
    "can(tobool(aws_x.t.name))",
    "can(tonumber(\"1${aws_x.t.name}\"))",
    "try(\"x${tonumber(aws_mq_broker.a.id)}\", \"no\")",
    "try(\"x${tonumber(aws_x.t.name)}\", \"no\")",
    "try(tobool(aws_x.t.name) ? \"yes\" : \"no\", \"neither\")",
    "try(\"x${jsondecode(aws_x.t.name)}\", \"no\")",
    "try(\"x${regex(\"^a+\", aws_x.t.name)}\", \"no\")",
    "try(index([\"a\", \"b\"], aws_x.t.name), \"none\")",
    "try(\"x${try(tonumber(aws_x.t.name), \"inner\")}\", \"outer\")",
    "try(\"x${lookup({ a = 1 }, aws_x.t.name)}\", \"no\")",
    "aws_x.t.list == [] ? \"empty\" : \"full\"",
    "tolist([\"a\"]) == [\"a\"] ? \"same\" : \"other\"",
    "toset([\"a\"]) == [\"a\"] ? \"same\" : \"other\"",
    "[\"a\"] == [\"a\"] ? \"same\" : \"other\"",
    "tolist([aws_x.t.name]) == tolist([\"a\"]) ? \"same\" : \"other\"",
    "contains([[\"a\"]], tolist([\"a\"])) ? \"same\" : \"other\"",
    "tomap({ a = 1 }) == { a = 1 } ? \"same\" : \"other\"",
    "jsonencode(aws_mq_broker.a.id != \"\" ? [1] : [\"a\"])",
    "jsonencode(aws_mq_broker.a.id != \"\" ? { a = 1 } : { a = \"x\" })",
    "jsonencode(aws_mq_broker.a.id != \"\" ? { a = 1, b = \"x\" } : {})",
    "merge([for x in toset([aws_mq_broker.b.id, aws_mq_broker.a.id]) : { (x) = x }]...)[aws_mq_broker.a.id]",
    "merge([for x in toset([aws_mq_broker.b.id, aws_mq_broker.a.id]) : { k = x }]...)[\"k\"]",
    "merge([for x in toset([{ n = \"a\" }, { n = \"b\" }]) : { (x.n) = 1 }]...)[\"b\"]",
    "concat([for x in toset([aws_mq_broker.b.id, aws_mq_broker.a.id]) : [x, \"-\"]]...)[1]",
    "format([for x in toset([aws_mq_broker.b.id, \"%s-\"]) : x]...)",
    "(aws_mq_broker.a.id != \"\" ? [aws_mq_broker.a.id] : []) == tolist([aws_mq_broker.a.id]) ? \"list\" : \"tuple\"",
    "(aws_mq_broker.a.id != \"\" ? { x = aws_x.t.name } : {}) == tomap({ x = aws_x.t.name }) ? \"map\" : \"object\"",
    "(aws_mq_broker.a.id != \"\" ? [\"a\"] : [\"b\"]) == [\"a\"] ? \"tuple\" : \"list\"",
    "try(toset([aws_mq_broker.a.id])[0], \"no\")",
    "try(concat(toset([aws_mq_broker.a.arn]), [\"x\"]), \"no\")",
    "regexall(\"[a-z]\", \"1a2b\") == tolist([\"a\", \"b\"]) ? \"list\" : \"tuple\"",
    "keys(tomap({ a = 1 })) == tolist([\"a\"]) ? \"list\" : \"tuple\"",
    "values({ a = aws_x.t.name }) == [aws_x.t.name] ? \"tuple\" : \"list\"",
    "reverse([\"a\", \"b\"]) == [\"b\", \"a\"] ? \"tuple\" : \"list\"",
    "length(\"${aws_mq_broker.a.id}\\u0301\")",
    "length(\"Zoe\\u0301${aws_mq_broker.a.id}\")",
    // Which branch is taken is not known, and one of them fails.
    "try(aws_x.t.name == \"a\" ? [][0] : \"x\", \"no\")",
    "can(aws_x.t.name == \"a\" ? [][0] : \"x\")",
    "can(aws_x.t.name == \"a\" ? [][0] : [][1])",
    "try(\"%{ if aws_x.t.name == \"a\" }${[][0]}%{ else }x%{ endif }\", \"no\")",
    "try([for x in [\"a\", \"b\"] : [][0] if x == aws_x.t.name], [\"no\"])",
    "can([for x in aws_x.t.list : x.y])",
    // Whether an operator looks at its right side hangs on the version, which nothing tells here.
    "try(true || [][0], \"no\")",
    "try(false && [][0], true)",
    "try(true && [][0], \"no\")",
    "try(true || false, \"no\")",
    "try(aws_x.t.name == \"a\" || [][0], \"no\")",
    "try([][0] || [][1], \"no\")",
    "try(values({ (aws_mq_broker.a.id) = \"a\", (aws_mq_broker.b.id) = \"b\" })...) == \"a\" ? \"first\" : \"second\"",
    "try([\"a\", \"b\"]...)",
    // A conversion may write what is behind a hole in another way.
    "tostring(tonumber(split(\":\", aws_mq_broker.a.arn)[4])) == split(\":\", aws_mq_broker.a.arn)[4] ? \"same\" : \"other\"",
    "tostring(tonumber(aws_x.t.name)) == aws_x.t.name ? \"same\" : \"other\"",
    "tonumber(\"1${aws_x.t.name}\") == tonumber(\"2${aws_x.t.name}\") ? \"same\" : \"other\"",
    "tostring(tobool(aws_x.t.name)) == aws_x.t.name ? \"same\" : \"other\"",
    "format(\"%d\", split(\":\", aws_mq_broker.a.arn)[4])",
    "tonumber(aws_x.t.name) == tonumber(aws_x.t.name) ? \"same\" : \"other\"",
    "matchkeys([\"a\", \"b\"], [aws_x.t.name, 1], [\"1\"])",
    "setsubtract([1, 2], [aws_x.t.name])",
    "coalesce([aws_x.t.name], [1])",
    "(aws_x.t.name == \"a\" ? [1] : [\"1\"]) == tolist([\"1\"]) ? \"same\" : \"other\"",
    "can(file(aws_x.t.name))",
    "concat([aws_mq_broker.a.id], [\"x\"]) == [aws_mq_broker.a.id, \"x\"] ? \"same\" : \"other\"",
    "merge({ a = aws_mq_broker.a.id }, { b = 1 }) == { a = aws_mq_broker.a.id, b = 1 } ? \"same\" : \"other\"",
    // What every id of a broker has in common.
    "endswith(aws_mq_broker.a.arn, aws_mq_broker.a.id)",
    "endswith(aws_mq_broker.a.arn, aws_mq_broker.b.id)",
    "startswith(\"${aws_mq_broker.a.arn}/*\", aws_mq_broker.a.arn)",
    "endswith(aws_mq_broker.a.arn, aws_x.t.name)",
    "strcontains(aws_mq_broker.a.arn, aws_mq_broker.a.id)",
    "strcontains(aws_mq_broker.a.arn, aws_mq_broker.b.id)",
    "strcontains(aws_mq_broker.a.arn, \":broker:orders:b-\")",
    "strcontains(aws_mq_broker.a.arn, \"0:broker:orders:b-\")",
    "strcontains(aws_mq_broker.a.arn, \":broker:orders:c\")",
    "strcontains(aws_mq_broker.a.id, \"0-0\")",
    "strcontains(aws_mq_broker.a.id, \"00000000-0000-\")",
    "startswith(aws_mq_broker.a.id, \"b-\")",
    "startswith(aws_mq_broker.a.id, \"b-c\")",
    "strcontains(\"${split(\":\", aws_mq_broker.a.arn)[4]}-${aws_x.t.name}\", \"0-a\")",
    "split(\"-\", aws_mq_broker.a.id)[0]",
    "length(split(\"-\", aws_mq_broker.a.id))",
    "split(\"-\", aws_mq_broker.a.arn)",
    "substr(aws_mq_broker.a.id, 0, 2)",
    "substr(aws_mq_broker.a.id, 1, 1)",
    "substr(aws_mq_broker.a.id, 0, 3)",
    "aws_mq_broker.a.arn == \"arn:aws:mq:eu-west-1:123456789012:broker:orders:x\"",
    "aws_mq_broker.a.arn == aws_x.t.name",
    "keys({ (aws_mq_broker.a.id) = 1, \"*\" = 2 })[0]",
    "sort([aws_mq_broker.a.id, \"a\"])[0]",
    "sort([aws_mq_broker.a.id, \"b-z\", \"b\"])[0]",
    "sort([aws_mq_broker.a.id, \"b-0\"])[0]",
    "values({ (aws_mq_broker.a.id) = \"x\", \"c\" = \"y\" })",
    "basename(\"x/${aws_mq_broker.a.id}\")",
    "basename(\"x/${aws_x.t.name}\")",
    "basename(\"${aws_mq_broker.a.arn}/y\")",
    "replace(aws_mq_broker.a.arn, \"0:broker:orders:b\", \"x\")",
    "-0 == 0 ? 1 : 2",
    // What was encoded here can be decoded.
    "base64decode(base64encode(jsonencode({ a = aws_mq_broker.a.arn })))",
    "base64encode(aws_mq_broker.a.arn)",
    "base64decode(base64encode(aws_x.t.name)) == aws_x.t.name ? \"same\" : \"other\"",
    "base64decode(\"x${base64encode(aws_x.t.name)}\")",
    "jsonencode(yamldecode(yamlencode({ a = aws_mq_broker.a.arn, b = tolist([\"x\"]) })))",
    "yamldecode(base64encode(aws_x.t.name))",
    "can(base64decode(aws_x.t.name))",
    "try(\"x${aws_x.t.list[2]}\", \"no\")",
    "can(\"x${aws_x.t.list[2]}\")",
    // A text in an order that ids decide is what it is as a whole, and unknown to what looks into it.
    "\"%{ for k, v in { (aws_mq_broker.a.id) = \"a\", (aws_mq_broker.b.id) = \"b\" } }${v}%{ endfor }\"",
    "\"%{ for k, v in { (aws_mq_broker.a.id) = \"a\", (aws_mq_broker.b.id) = \"b\" } }${v}%{ endfor }\" == \"ab\" ? \"same\" : \"other\"",
    "\"%{ for k, v in { (aws_mq_broker.a.id) = \"a\", (aws_mq_broker.b.id) = \"b\" } }${v}%{ endfor }\" == \"\"",
    "jsonencode([for k, v in { (aws_mq_broker.a.id) = \"a\", (aws_mq_broker.b.id) = \"b\" } : v])",
    "jsonencode([for k, v in { (aws_mq_broker.a.id) = \"a\", (aws_mq_broker.b.id) = \"b\" } : v]) == \"[\\\"a\\\",\\\"b\\\"]\" ? \"same\" : \"other\"",
    "jsonencode(values({ (aws_mq_broker.a.id) = \"a\", (aws_mq_broker.b.id) = \"b\" })) == jsonencode(values({ (aws_mq_broker.a.id) = \"a\", (aws_mq_broker.b.id) = \"b\" })) ? \"same\" : \"other\"",
    "jsondecode(jsonencode(sort([aws_mq_broker.a.id, aws_mq_broker.b.id])))[0]",
    "split(\",\", jsonencode(sort([aws_mq_broker.a.id, aws_mq_broker.b.id])))[0]",
    "format(\"%v\", sort([aws_mq_broker.a.id, aws_mq_broker.b.id]))",
    "\"${jsonencode(sort([aws_mq_broker.a.id, aws_mq_broker.b.id]))}\"",
    "\"x ${jsonencode(sort([aws_mq_broker.a.id, aws_mq_broker.b.id]))} y\"",
    "{ p = jsonencode(sort([aws_mq_broker.a.id, aws_mq_broker.b.id])) }.p",
    "length(jsonencode(sort([aws_mq_broker.a.id, aws_mq_broker.b.id])))",
    "replace(jsonencode(sort([aws_mq_broker.a.id, aws_mq_broker.b.id])), \"b\", \"c\")",
    "contains([jsonencode(sort([aws_mq_broker.a.id, aws_mq_broker.b.id]))], \"x\") ? \"yes\" : \"no\"",
    "jsonencode({ (aws_mq_broker.a.id) = 1, \"*\" = 2 })",
    "jsonencode(jsonencode(sort([aws_mq_broker.a.id, aws_mq_broker.b.id])))",
    "tostring(jsonencode(sort([aws_mq_broker.a.id, aws_mq_broker.b.id])))",
    "coalesce(null, jsonencode(sort([aws_mq_broker.a.id, aws_mq_broker.b.id])), \"x\")",
    "try(tonumber(jsonencode(sort([aws_mq_broker.a.id, aws_mq_broker.b.id]))), \"no\")",
    // A reference to a group may go on in a hole.
    "replace(\"x:@ID@\", \"/(:)@ID@/\", \"$1${aws_mq_broker.a.id}\")",
    "replace(\"x:@ID@\", \"/(:)@ID@/\", \"$${1}${aws_mq_broker.a.id}\")",
    "replace(\"x:@ID@\", \"/(:)@ID@/\", \"$1${aws_x.t.name}\")",
    "replace(\"x:@ID@\", \"/(:)@ID@/\", \"$${1${aws_x.t.name}}\")",
    "replace(\"x\", \"/(y)/\", \"$1${aws_x.t.name}\")",
    // JSON with elements that may be absent is unknown to what looks into it.
    "jsonencode(concat([\"a\"], [for x in aws_x.t.list : \"q\" if x == \"a\"])) == \"[\\\"a\\\"]\"",
    "strcontains(jsonencode(concat([\"a\"], [for x in aws_x.t.list : \"q\" if x == \"a\"])), \",\")",
    "strcontains(jsonencode(toset([aws_x.t.name, aws_mq_broker.a.id])), \",\")",
    "strcontains(jsonencode([aws_x.t.name, \"a\"]), \",\")",
    "setproduct([\"b\", \"a\"], toset([aws_mq_broker.a.arn]))",
    "length(setproduct([\"b\", \"b\"], toset([aws_mq_broker.a.arn, aws_x.t.name])))",
    "[for p in setproduct([\"b\", \"a\"], toset([aws_mq_broker.a.arn])) : p[0]][0]",
    // Whether it fails hangs on what is unknown.
    "can(\"x${split(\"b-\", aws_mq_broker.a.arn)[9]}\")",
    "can(\"x${split(\"a\", aws_x.t.name)[1]}\")",
    "can(\"x${[for x in aws_x.t.list : x if x != \"a\"][1]}\")",
    "can(\"x${[for x in aws_x.t.list : x][0]}\")",
    "can(tostring(aws_x.t.list))",
    "can(upper(aws_x.t.list))",
    "can(join(\",\", [\"a\", aws_x.t.list]))",
    "can(\"x${aws_x.t.list}\")",
    "can(format(\"%s\", aws_x.t.list))",
    "can(aws_x.t.name + 1)",
    "can(\"${aws_x.t.name + 1}\")",
    "can(aws_x.t.name ? 1 : 2)",
    "can(!aws_x.t.name)",
    "can(substr(\"abc\", aws_x.t.name, 1))",
    "can(true ? \"a\" : aws_x.t.list)",
    "can(true ? { a = [\"x\"] } : { a = aws_x.t.list })",
    "can(toset([\"a\", aws_x.t.list]))",
    "can(coalesce(\"a\", aws_x.t.list))",
    "can(distinct([{ a = aws_x.t.name }, [aws_x.t.name]]))",
    "can(setunion([{ a = aws_x.t.name }], [aws_x.t.name]))",
    "try(zipmap([\"a\"], toset([aws_mq_broker.a.arn])).a, \"no\")",
    "can(jsondecode(\"{\\\"a\\\":${aws_mq_broker.a.id}}\"))",
    "can(jsondecode(\"{\\\"a\\\":${aws_x.t.name}}\"))",
    "can(jsondecode(\"{\\\"a\\\":1${aws_x.t.name}}\"))",
    "can(jsondecode(\"{\\\"a\\\":\\\"${aws_x.t.name}\\\"}\"))",
    "can(jsondecode(\"{\\\"a\\\":\\\"${aws_mq_broker.a.id}\\\"}\"))",
    "can(\"${trim([\"x\"], aws_x.t.name)}\")",
    "can(max([\"a\", aws_x.t.name]...))",
    "can({ for x in [aws_x.t.name, \"a\"] : x => 1 })",
    "can(length(aws_x.t.list))",
    "can(aws_x.t.name == \"a\" ? \"x\" : \"y\")",
    "can(\"${aws_x.t.name == \"a\"}\")",
    "can(join(\",\", [for x in [\"a\", \"b\"] : x == aws_x.t.name]))",
    "can(keys(aws_x.t.list))",
    "try(\"x${element(split(\"-\", aws_mq_broker.a.id), 1)}\", \"no\")",
    "provider::aws::trim_iam_role_path(\"arn:aws:iam::${split(\":\", aws_mq_broker.a.arn)[4]}:role/a/b\")",
    // What is certain before something that is not.
    "regexall(\"b-\", aws_mq_broker.a.arn)[0]",
    "regexall(\"b-\", aws_mq_broker.a.arn)",
    "length(regexall(\"b-\", aws_mq_broker.a.id)) == 1",
    "regexall(\"[0-9]{12}\", aws_mq_broker.a.arn)[0]",
    "regex(\"a|[0-9]\", aws_mq_broker.a.id)",
    "split(\"b-\", aws_mq_broker.a.arn)[0]",
    "split(\"b-\", aws_mq_broker.a.arn)[1]",
    "split(\"b-\", aws_mq_broker.a.arn)",
    "split(\"0\", aws_mq_broker.a.id)[0]",
    "split(\"\", aws_mq_broker.a.id)[0]",
    "split(\"\", aws_x.t.name)",
    "split(\":b-\", aws_mq_broker.a.arn)[1]",
    "replace(aws_mq_broker.a.arn, \":b-\", \":B-\")",
    "replace(aws_mq_broker.a.arn, \"0:broker\", \"x\")",
    "replace(aws_mq_broker.a.id, \"-\", \"_\")",
    "replace(aws_mq_broker.a.id, \"b-\", aws_x.t.name)",
    "trimprefix(aws_mq_broker.a.id, \"b-\")",
    "trimprefix(aws_mq_broker.a.id, \"b-0\")",
    "trimprefix(aws_mq_broker.a.id, \"c-\")",
    "trimsuffix(aws_mq_broker.a.id, \"0\")",
    "trimsuffix(aws_mq_broker.a.id, \"-\")",
    "trimprefix(aws_mq_broker.a.id, \"b-\") == substr(aws_mq_broker.a.id, 2, -1)",
    "substr(aws_mq_broker.a.arn, 0, 35)",
    "substr(aws_mq_broker.a.arn, 0, 41)",
    "substr(aws_mq_broker.a.arn, -36, -1)",
    "substr(aws_mq_broker.a.arn, -36, 0)",
    "substr(aws_mq_broker.a.id, 2, 8)",
    "substr(aws_mq_broker.a.id, 30, 30)",
    "substr(aws_x.t.name, 0, 1)",
    "startswith(substr(aws_mq_broker.a.arn, -36, 36), \"-\")",
    "urlencode(aws_mq_broker.a.arn)",
    "urlencode(aws_x.t.name)",
    "dirname(aws_mq_broker.a.arn)",
    "dirname(\"a/${aws_mq_broker.a.arn}\")",
    "dirname(aws_x.t.name)",
    "{ for a in [aws_mq_broker.a.arn, aws_mq_broker.b.arn, aws_mq_broker.a.arn] : a => \"x\"... }[aws_mq_broker.a.arn]",
    "{ for a in [aws_mq_broker.a.arn, aws_x.t.name] : a => \"x\"... }[aws_mq_broker.a.arn]",
    "distinct([aws_mq_broker.a.arn, aws_mq_broker.b.arn, aws_mq_broker.a.arn, \"x\"])",
    "length(distinct([aws_mq_broker.a.arn, aws_mq_broker.b.arn, aws_mq_broker.a.arn, \"x\"]))",
    "length(distinct([aws_mq_broker.a.arn, aws_x.t.name]))",
];

/// The values of the holes.
#[derive(Clone, Debug)]
struct Known {
    account: String,
    a: String,
    b: String,
    text: String,
    list: Vec<String>,
}

impl Known {
    fn of(&self, hole: &Hole) -> Option<&str> {
        match (hole.address(), hole.attribute(), hole.expression()) {
            ("", "account", None) => Some(&self.account),
            ("aws_mq_broker.a", "id", None) => Some(&self.a),
            ("aws_mq_broker.b", "id", None) => Some(&self.b),
            ("aws_x.t", "name", None) => Some(&self.text),
            _ => None,
        }
    }
}

fn text(known: Option<&Known>, parts: &[Result<&str, &Hole>]) -> Value {
    let mut builder = Text::builder();
    for part in parts {
        match part {
            Ok(literal) => builder.push_str(literal),
            Err(hole) => match known.and_then(|known| known.of(hole)) {
                Some(value) => builder.push_str(value),
                None => builder.push_hole(hole),
            },
        };
    }
    Value::String(builder.finish())
}

fn world(known: Option<&Known>) -> Small {
    let account = Hole::account();
    let mut world = Small::default();
    for (address, name) in [("aws_mq_broker.a", "orders"), ("aws_mq_broker.b", "orders")] {
        let id = Hole::new(address, "id", Shape::NEW_BROKER_ID);
        let middle = format!(":broker:{name}:");
        let arn = text(known, &[Ok("arn:aws:mq:eu-west-1:"), Err(&account), Ok(&middle), Err(&id)]);
        world = world
            .with(address, &[("arn", arn), ("id", text(known, &[Err(&id)])), ("broker_name", string(name))]);
    }
    let list = match known {
        Some(known) => Value::List(known.list.iter().map(|item| string(item)).collect()),
        None => Value::Unknown(Hole::new("aws_x.t", "list", Shape::ANY)),
    };
    let name = text(known, &[Err(&Hole::new("aws_x.t", "name", Shape::ANY))]);
    world.with("aws_x.t", &[("name", name), ("list", list)])
}

/// Whether a text with holes may be `actual`, given what the holes are; other holes may be anything.
fn fits(text: &Text, actual: &str, known: &Known) -> bool {
    let mut literals = vec![String::new()];
    for piece in text.pieces() {
        let literal = match piece {
            Piece::Literal(literal) => Some(literal),
            Piece::Hole(hole) => known.of(hole),
        };
        match (literal, literals.last_mut()) {
            (Some(literal), Some(last)) => last.push_str(literal),
            _ => literals.push(String::new()),
        }
    }
    let (Some(first), Some(last)) = (literals.first(), literals.last()) else { return false };
    if literals.len() == 1 {
        return first == actual;
    }
    let Some(rest) = actual.strip_prefix(first.as_str()).and_then(|rest| rest.strip_suffix(last.as_str()))
    else {
        return false;
    };
    let mut rest = rest;
    literals.iter().skip(1).rev().skip(1).rev().all(|literal| match rest.find(literal.as_str()) {
        Some(at) => {
            rest = &rest[at + literal.len()..];
            true
        }
        None => false,
    })
}

/// Whether a value with holes may be `actual`.
fn agrees(value: &Value, actual: &Value, known: &Known) -> bool {
    match (value, actual) {
        (Value::Unknown(_), _) => true,
        (Value::String(text) | Value::Number(text), _) => actual
            .to_text()
            .is_some_and(|actual| actual.as_known().is_some_and(|actual| fits(text, actual, known))),
        (Value::List(items), Value::List(actual)) => {
            let open = items.iter().any(|item| matches!(item, Value::Unknown(_)));
            if open {
                // An unknown element may stand for several: what is known must still be there.
                return items.iter().all(|item| {
                    actual.iter().any(|other| agrees(item, other, known)) || matches!(item, Value::Unknown(_))
                });
            }
            items.len() == actual.len() && items.iter().zip(actual).all(|(a, b)| agrees(a, b, known))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.members.len() == b.members.len()
                && a.members
                    .iter()
                    .all(|(name, value)| b.members.get(name).is_some_and(|b| agrees(value, b, known)))
        }
        (a, b) => a == b,
    }
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[ab:/@01 -]{0,6}",
        "[a-zA-Z]{1,5}",
        Just("a".to_owned()),
        Just("b".to_owned()),
        Just("@1@".to_owned()),
        Just(" x\n".to_owned()),
        Just("\"q\\".to_owned()),
    ]
}

fn known() -> impl Strategy<Value = Known> {
    let id = "b-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
    ("[0-9]{12}", id, id, any_text(), proptest::collection::vec(any_text(), 1..4))
        .prop_filter("ids differ", |(_, a, b, _, _)| a != b)
        .prop_map(|(account, a, b, text, list)| Known { account, a, b, text, list })
}

fn configuration() -> String {
    let locals: Vec<String> = EXPRESSIONS
        .iter()
        .enumerate()
        .map(|(index, expression)| format!("  e{index} = {expression}\n"))
        .collect();
    format!("locals {{\n{}}}\n", locals.concat())
}

#[test]
fn values_with_holes_are_never_contradicted() {
    let folder = folder(&[("main.tf", &configuration())]);
    let source = Source::load(None, Some(folder.path())).expect("source");
    assert_eq!(source.notes(), [] as [String; 0]);
    let before = world(None);
    let open = Evaluator::new(&source, &before);
    let holed: Vec<Value> =
        (0..EXPRESSIONS.len()).map(|index| open.local(&[], &format!("e{index}")).expect("local")).collect();
    let mut runner = proptest::test_runner::TestRunner::default();
    runner
        .run(&known(), |known| {
            let after = world(Some(&known));
            let closed = Evaluator::new(&source, &after);
            for (index, value) in holed.iter().enumerate() {
                let actual = closed.local(&[], &format!("e{index}")).expect("local");
                // An expression that fails with these values says nothing.
                if actual.has_holes() {
                    continue;
                }
                let agree = agrees(value, &actual, &known);
                prop_assert!(agree, "{}\n{value:?}\n{actual:?}\n{known:?}", EXPRESSIONS[index]);
            }
            Ok(())
        })
        .expect("agreement");
}

/// What stands in the lists of a policy means the same in any order.
#[test]
fn a_policy_in_an_order_that_ids_decide_is_handed_on_as_it_is() {
    let source = r#"locals {
  ids      = sort([aws_mq_broker.a.id, aws_mq_broker.b.id])
  encoded  = jsonencode({ Resource = local.ids })
  wrapped  = "${local.encoded}"
  rendered = "{\"Resource\": [\"*\"%{ for id in local.ids }, \"${id}\"%{ endfor }]}"
  nested   = "{\"Statement\": [${local.encoded}]}"
  either   = coalesce(null, local.encoded)
  within   = "{\"Resource\": \"%{ for id in local.ids }${id}%{ endfor }\"}"
  quoted   = jsonencode({ Resource = "%{ for id in local.ids }${id}%{ endfor }" })
  seen     = local.encoded == jsonencode({ Resource = [aws_mq_broker.a.id, aws_mq_broker.b.id] })
  decoded  = jsondecode(local.encoded).Resource[0]
  same     = local.encoded == local.wrapped || local.encoded == local.encoded
}
"#;
    let folder = folder(&[("main.tf", source)]);
    let source = Source::load(None, Some(folder.path())).expect("source");
    let before = world(None);
    let evaluator = Evaluator::new(&source, &before);
    let local = |name: &str| crate::source::support::printed(&evaluator.local(&[], name).expect("local"));
    let (a, b) = ("${aws_mq_broker.a.id}", "${aws_mq_broker.b.id}");
    for (name, expected) in [
        ("encoded", format!(r#""{{"Resource":["{a}","{b}"]}}""#)),
        ("wrapped", format!(r#""{{"Resource":["{a}","{b}"]}}""#)),
        ("rendered", format!(r#""{{"Resource": ["*", "{a}", "{b}"]}}""#)),
        ("nested", format!(r#""{{"Statement": [{{"Resource":["{a}","{b}"]}}]}}""#)),
        ("either", format!(r#""{{"Resource":["{a}","{b}"]}}""#)),
        ("same", "true".to_owned()),
    ] {
        assert_eq!(local(name), expected, "{name}");
    }
    for name in ["within", "quoted", "seen", "decoded"] {
        let text = local(name);
        assert!(text.contains("${local.") && !text.contains(a), "{name}: {text}");
    }
}

/// How much is known of each expression, as a record to look at.
#[test]
fn known_parts_stay_known() {
    let folder = folder(&[("main.tf", &configuration())]);
    let source = Source::load(None, Some(folder.path())).expect("source");
    let before = world(None);
    let evaluator = Evaluator::new(&source, &before);
    let lines: Vec<String> = EXPRESSIONS
        .iter()
        .enumerate()
        .map(|(index, expression)| {
            let value = evaluator.local(&[], &format!("e{index}")).expect("local");
            format!("{expression}\n    {}", crate::source::support::printed(&value))
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}
