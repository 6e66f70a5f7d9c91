//! What the parser takes, with its places, and what it refuses. How expressions are read is tested against Terraform's
//! own answers (`testdata/expressions/syntax.tf`).

use proptest::prelude::*;

use super::ast::{Attribute, Body, Expr, ExprKind, Span};
use super::{json, parse_file, parse_template};

fn parse(text: &str) -> Body {
    let (body, errors) = parse_file(text, 0);
    assert_eq!(errors, [], "{text}");
    body
}

fn at(text: &str, span: Span) -> &str {
    text.get(usize::try_from(span.start).unwrap()..usize::try_from(span.end).unwrap()).unwrap()
}

fn constant(body: &Body, name: &str) -> String {
    let value = &body.attribute(name).unwrap().value;
    value.as_literal().unwrap().as_known_str().unwrap().to_owned()
}

/// The tree of a body without its places.
fn tree(body: &Body) -> String {
    let debug = format!("{body:?}");
    let mut result = String::new();
    let mut rest = debug.as_str();
    while let Some((before, after)) = rest.split_once("Span {") {
        result.push_str(before);
        rest = after.split_once('}').unwrap().1;
    }
    result + rest
}

const SAMPLE: &str = r#"# A file
resource "aws_iam_role" r { # with all kinds of things
  name = "a-${var.x}"

  assume = <<-EOT
    { "a": "${b}" }
    %{ if c ~}
    d
    %{ endif }
  EOT
  tags   = { for
    k, v in local.tags : k
    => v }
  dynamic "block" {
    for_each = [1,
      2, # two
    ]
    content {}
  }
}
data a b { c = 1 }
"#;

#[test]
fn places_are_those_of_the_source() {
    let body = parse(SAMPLE);
    let role = &body.blocks[0];
    assert_eq!(at(SAMPLE, role.span), r#"resource "aws_iam_role" r {"#);
    assert_eq!(role.labels, ["aws_iam_role".into(), "r".into()]);
    let name = role.body.attribute("name").unwrap();
    assert_eq!((at(SAMPLE, name.name_span), at(SAMPLE, name.value.span)), ("name", r#""a-${var.x}""#));
    let tags = role.body.attribute("tags").unwrap();
    let ExprKind::For(parts) = &tags.value.kind else { panic!() };
    assert_eq!(at(SAMPLE, parts.collection.span), "local.tags");
    assert_eq!(at(SAMPLE, parts.result_key.as_ref().unwrap().span), "k");
    assert_eq!(at(SAMPLE, tags.value.span), "{ for\n    k, v in local.tags : k\n    => v }");
    let block = &role.body.blocks[0];
    assert_eq!(at(SAMPLE, block.span), r#"dynamic "block" {"#);
    assert_eq!(at(SAMPLE, body.blocks[1].span), "data a b {");
}

#[test]
fn the_way_lines_end_does_not_matter() {
    let windows = SAMPLE.replace('\n', "\r\n");
    let body = parse(&windows);
    // Terraform keeps the carriage returns of a heredoc.
    assert_eq!(tree(&body).replace("\\r\\n", "\\n"), tree(&parse(SAMPLE)));
    let marked = format!("\u{feff}{SAMPLE}");
    assert_eq!(tree(&parse(&marked)), tree(&parse(SAMPLE)));
    assert_eq!(at(&marked, parse(&marked).blocks[1].span), "data a b {");
    assert_eq!(tree(&parse(SAMPLE.trim_end())), tree(&parse(SAMPLE)));
}

#[test]
fn files_may_be_empty() {
    for text in ["", "\n", "\u{feff}", "# comment", "/* a\n*/", "  \r\n\t", "// a\n\n# b\n"] {
        assert_eq!(tree(&parse(text)), tree(&Body::default()), "{text:?}");
    }
}

#[test]
fn what_does_not_parse_is_left_out_alone() {
    let text = "\
locals {
  a = 1
}
resource \"a\" \"b\" {
  c = = 2
}
resource \"c\" \"d\" {
  e = [1, 2
}
variable \"x\" { default = \"\\q\" }
output \"y\" { value = 1 }
";
    let (body, errors) = parse_file(text, 0);
    let kinds: Vec<&str> = body.blocks.iter().map(|block| &*block.kind).collect();
    assert_eq!(kinds, ["locals", "output"]);
    let lines: Vec<usize> =
        errors.iter().map(|error| text.get(..error.offset).unwrap().matches('\n').count() + 1).collect();
    assert_eq!(lines, [5, 9, 10], "{errors:?}");
}

#[test]
fn many_blocks_stay_in_order() {
    let text = "locals { a = 1 }\nb \"c\" { d = = 1 }\nresource \"e\" \"f\" {}\n".repeat(200);
    let (body, errors) = parse_file(&text, 0);
    assert_eq!((body.blocks.len(), errors.len()), (400, 200));
    let starts: Vec<u32> = body.blocks.iter().map(|block| block.span.start).collect();
    assert!(starts.is_sorted() && errors.is_sorted_by_key(|error| error.offset));
}

#[test]
fn nesting_is_bounded() {
    let nested = [
        ("(", ")"),
        ("[", "]"),
        ("{ a = ", " }"),
        ("f(", ")"),
        ("\"${", "}\""),
        ("\"%{ if true }", "%{ endif }\""),
        ("!", ""),
        ("-", ""),
        ("a ? b : ", ""),
        ("a[", "]"),
        ("[for a in b : ", "]"),
        ("1 + (", ")"),
        ("<<A\n${", "}\nA\n"),
    ];
    for (open, close) in nested {
        for depth in [12, 10_000] {
            let text = format!("a = {}1{}\n", open.repeat(depth), close.repeat(depth));
            let (body, errors) = parse_file(&text, 0);
            assert_eq!(
                (body.attributes.len(), errors.len()),
                if depth < 100 { (1, 0) } else { (0, 1) },
                "{open}"
            );
        }
    }
    for text in ["a {\n".repeat(10_000), format!("a = b{}", "[*]".repeat(10_000))] {
        assert_eq!(parse_file(&text, 0).1.len(), 1);
    }
    let many = format!("a = b{}\nc = 1{}", "[0].d".repeat(10_000), "+ 1".repeat(100));
    assert_eq!(parse(&many).attributes.len(), 2);
    let wide = |members: usize| {
        format!("a = {{\n{}}}", (0..members).fold(String::new(), |all, i| all + &format!("k{i} = 1\n")))
    };
    assert_eq!(parse(&wide(2_000)).attributes.len(), 1);
    assert_eq!(parse_file(&wide(20_000), 0).1.len(), 1);
    let template = format!("{}{}", "%{ if a }".repeat(10_000), "%{ endif }".repeat(10_000));
    assert!(parse_template(&template, 0).is_err());
    let (_, errors) = json::parse_file(&format!("{{\"a\": {}", "[".repeat(10_000)), 0);
    assert_eq!(errors.len(), 1);
}

#[test]
fn strings_of_json_are_templates() {
    let text = r#"{
  "//": "a comment",
  "resource": {"aws_iam_role": {"r": [{"name": "a-\u0062-${var.x[0]}", "path": "/\"$${x}", "n": 1.50}]}},
  "variable": {"x": {"type": "list(string)", "default": "${"}}
}"#;
    let (body, errors) = json::parse_file(text, 0);
    // The template of the default does not end.
    assert_eq!(errors.len(), 1);
    let role = &body.blocks[0].body;
    assert_eq!(constant(role, "path"), "/\"${x}");
    let Attribute { value, json, .. } = role.attribute("name").unwrap();
    assert!(matches!(&value.kind, ExprKind::Template(parts) if parts.len() == 2) && *json);
    let text = r#"{"variable": [{"x": {"type": " list( string )", "default": "a%{ if b }c%{ endif }"}}]}"#;
    let (body, errors) = json::parse_file(text, 0);
    assert_eq!(errors, []);
    let ExprKind::Call(call) = &body.blocks[0].body.attribute("type").unwrap().value.kind else { panic!() };
    assert_eq!(&*call.name, "list");
    assert_eq!(at(text, body.blocks[0].body.attribute("type").unwrap().value.span), "list( string )");
}

#[test]
fn functions_of_providers_are_calls() {
    let body = parse("a = provider::aws::arn_parse(b...)");
    let ExprKind::Call(call) = &body.attributes[0].value.kind else { panic!() };
    assert_eq!((&*call.name, call.expand), ("provider::aws::arn_parse", true));
}

#[test]
fn keys_may_be_repeated_many_times() {
    let members = "k = 1\n".repeat(40);
    let body = parse(&format!("a = {{\n{members}}}"));
    let ExprKind::Object(members) = &body.attributes[0].value.kind else { panic!() };
    assert_eq!(members.len(), 40);
    let is_k = |(key, _): &(Expr, Expr)| key.as_literal().unwrap().as_known_str() == Some("k");
    assert!(members.iter().all(is_k));
}

/// Pieces that matter to the scanner.
fn piece() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "a", "b ", "1", "\"", "\"x\"", "${", "%{", "}", "{", "(", ")", "[", "]", "\n", "\r\n", " ", "=",
        "==", ",", "<<A\n", "<<-A\n", "A\n", "\nA\n", "# c\n", "//", "/*", "*/", "$", "%", "\\", "~", "if ",
        "else", "endif", "for ", "in ", ":", "?", "=>", "...", ".", "*", "é", "\u{feff}", "::", "-", "!",
        "a = ", "x {\n", "}\n",
    ])
}

proptest! {
    #[test]
    fn no_text_is_too_much(pieces in prop::collection::vec(piece(), 0..60)) {
        let text = pieces.concat();
        let (_, errors) = parse_file(&text, 0);
        prop_assert!(errors.iter().all(|error| error.offset <= text.len()));
        let _ = parse_template(&text, 0);
        let _ = json::parse_file(&text, 0);
    }

    #[test]
    fn comments_and_line_breaks_in_brackets_change_nothing(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "a", "1", "\"${b}\"", "(b)", "(",  "[", "]", "f(", ",", "+", "?", ":", "!", "[for x in y : x]", "{}", ".c", "[*]",
        ]), 1..12)
    ) {
        let flat = format!("a = ({})\n", pieces.join(" "));
        let broken = format!("a = ({})\n", pieces.join(" # (\n/* { */ "));
        let (a, b) = (parse_file(&flat, 0), parse_file(&broken, 0));
        prop_assert_eq!(tree(&a.0), tree(&b.0));
    }
}
