//! One plan in every dress: encodings, order, white space, text around it, pieces of any size, cut off anywhere.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

use std::fmt::Write as _;
use std::io::Read;
use std::path::{Path, PathBuf};

use mqwarden::plan::{Input, Plan, PlanError, read, read_from};
use proptest::prelude::*;

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/plans/reader/plan.json")
}

fn text() -> String {
    std::fs::read_to_string(path()).unwrap().trim_end().to_owned()
}

fn read_text(text: &str) -> Result<Plan, PlanError> {
    read_from(text.as_bytes())
}

/// All that a plan says, to compare plans by.
fn image(plan: &Plan) -> String {
    format!("{plan:#?}")
}

#[test]
fn what_was_skipped_can_be_fetched_from_a_file_and_from_a_pipe() {
    let compact = text();
    let pretty = Dress { pretty: true, reverse: true, seed: 0 }.write(&compact);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), format!("\u{feff}{pretty}")).unwrap();
    for plan in [
        read(Input::File(path())).unwrap(),
        read_text(&compact).unwrap(),
        read(Input::File(file.path().into())).unwrap(),
        read_from(utf16(&compact, u16::to_le_bytes, true).as_slice()).unwrap(),
    ] {
        let found =
            plan.fetch(&["aws_subnet.a", "aws_vpc.main", "aws_vpc.other", "aws_mq_broker.main"]).unwrap();
        let addresses: Vec<&str> = found.iter().map(|resource| &*resource.address_text).collect();
        assert_eq!(addresses, ["aws_subnet.a", "aws_vpc.main"]);
        let subnet = found[0].after.as_ref().unwrap();
        assert_eq!(subnet.member("cidr_block").as_str(), Some("10.0.1.0/24"));
        assert_eq!(format!("{:?}", subnet.member("vpc_id")), "${aws_subnet.a.vpc_id}");
    }
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2], mark: bool) -> Vec<u8> {
    let mark = mark.then_some(0xFEFF);
    mark.into_iter().chain(text.encode_utf16()).flat_map(bytes).collect()
}

#[test]
fn every_encoding_reads_the_same() {
    let text = text().replace("ou=u", "ou=ü😀");
    let expected = image(&read_text(&text).unwrap());
    let marked = format!("\u{feff}{text}");
    let mut dresses = vec![marked.into_bytes()];
    for mark in [true, false] {
        dresses.push(utf16(&text, u16::to_le_bytes, mark));
        dresses.push(utf16(&text, u16::to_be_bytes, mark));
    }
    for dress in &dresses {
        assert_eq!(image(&read_from(dress.as_slice()).unwrap()), expected);
        for size in [1, 2, 3, 7, 1000] {
            assert_eq!(image(&read_from(Drip { rest: dress, size }).unwrap()), expected);
        }
        // Half of it is never a plan.
        for end in [dress.len() / 2, dress.len() / 2 + 1, dress.len() - 1] {
            read_from(&dress[..end]).unwrap_err();
        }
    }
}

/// Yields a few bytes at a time.
struct Drip<'t> {
    rest: &'t [u8],
    size: usize,
}

impl Read for Drip<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let size = self.size.min(buffer.len());
        let mut piece = &self.rest[..size.min(self.rest.len())];
        let count = piece.read(buffer)?;
        self.rest = &self.rest[count..];
        Ok(count)
    }
}

#[test]
fn a_wrapper_around_the_json_is_skipped_with_a_note() {
    let text = text();
    let wrapped = format!(
        "[command]/usr/bin/terraform-bin show -json tfplan\n{text}\n\n::set-output name=exitcode::0\n"
    );
    let plan = read_text(&wrapped).unwrap();
    assert_eq!(plan.notes.len(), 1);
    assert_eq!(plan.resources.len(), read_text(&text).unwrap().resources.len());
    assert!(read_text(&format!("{text}\n")).unwrap().notes.is_empty());
    for after in ["{}", "]", "}", ",", "\"x\"", "\0", ": 1"] {
        assert!(matches!(read_text(&format!("{text}{after}")), Err(PlanError::Syntax { .. })), "{after}");
    }
}

#[test]
fn a_plan_cut_off_anywhere_is_an_error() {
    let text = text();
    let every = (0..OLD_PLAN.len()).map(|end| (OLD_PLAN, end));
    for (text, end) in every.chain((0..text.len()).step_by(61).map(|end| (text.as_str(), end))) {
        let error = read_from(&text.as_bytes()[..end]).unwrap_err();
        let expected = match end {
            0 => matches!(error, PlanError::Empty),
            _ => matches!(error, PlanError::Truncated { at } if at == end as u64),
        };
        assert!(expected, "{end}: {error:?}");
    }
}

/// A small plan in forms that old versions wrote.
const OLD_PLAN: &str = r#"{"format_version":"0.1","resource_changes":[
            {"address":"aws_iam_role.r","module_address":"module.a","mode":"managed","type":"aws_iam_role",
             "name":"r","index":"k","change":{"actions":["create","forget"],"before":{"name":"x"},"after":{"name":"y"}}},
            {"mode":"managed","type":"aws_iam_user","name":"u","index":0,"previous_address":"aws_iam_user.old",
             "change":{"actions":["forget"],"before":{"name":"u"},"after":null}}]}"#;

/// Writes a JSON document anew: other white space, other order.
struct Dress {
    pretty: bool,
    reverse: bool,
    seed: u64,
}

impl Dress {
    fn write(mut self, text: &str) -> String {
        let mut out = String::new();
        self.value(&serde_json::from_str(text).unwrap(), 0, &mut out);
        out
    }

    fn random(&mut self) -> u64 {
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.seed >> 33
    }

    fn space(&self, depth: usize, out: &mut String) {
        if self.pretty {
            out.push_str("\r\n");
            out.extend(std::iter::repeat_n(if self.reverse { "\t" } else { "  " }, depth));
        }
    }

    fn value(&mut self, value: &serde_json::Value, depth: usize, out: &mut String) {
        match value {
            serde_json::Value::Array(elements) => {
                out.push('[');
                for (index, element) in elements.iter().enumerate() {
                    out.push_str(if index > 0 { "," } else { "" });
                    self.space(depth + 1, out);
                    self.value(element, depth + 1, out);
                }
                self.space(depth, out);
                out.push(']');
            }
            serde_json::Value::Object(members) => {
                let mut members: Vec<_> = members.iter().collect();
                if self.reverse {
                    members.reverse();
                }
                if self.seed > 0 {
                    members.sort_by_cached_key(|_| self.random());
                }
                out.push('{');
                for (index, (name, member)) in members.into_iter().enumerate() {
                    out.push_str(if index > 0 { "," } else { "" });
                    self.space(depth + 1, out);
                    write!(out, "{}{}:", serde_json::json!(name), if self.pretty { " " } else { "" })
                        .unwrap();
                    self.value(member, depth + 1, out);
                }
                self.space(depth, out);
                out.push('}');
            }
            scalar => write!(out, "{scalar}").unwrap(),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn order_and_white_space_change_nothing(pretty: bool, reverse: bool, seed: u32, size in 1usize..5000) {
        let text = text();
        let dressed = Dress { pretty, reverse, seed: seed.into() }.write(&text);
        let read = read_from(Drip { rest: dressed.as_bytes(), size }).unwrap();
        prop_assert_eq!(image(&read), image(&read_text(&text).unwrap()));
    }

    #[test]
    fn changed_bytes_never_make_it_panic(changes in prop::collection::vec((0usize..20000, any::<u8>()), 1..4)) {
        let mut bytes = text().into_bytes();
        for (at, byte) in changes {
            let at = at % bytes.len();
            bytes[at] = byte;
        }
        let is_json = serde_json::from_slice::<serde_json::Value>(&bytes).is_ok();
        let result = read_from(bytes.as_slice());
        // The document itself is never accepted with a mistake in it, even where it is skipped.
        if !is_json && bytes[0] == b'{' {
            prop_assert!(result.is_err());
        }
    }
}

/// A plan of many megabytes would be no different: elements of all sizes across the reader's window, and two threads.
#[test]
fn large_plans_are_read_in_pieces() {
    let mut elements = String::new();
    let mut expected = Vec::new();
    for index in 0..1500usize {
        let kind = ["aws_iam_role_policy", "aws_instance", "aws_iam_user"][index % 3];
        let size = (index * 7919) % 3000 + if index == 700 { 1_000_000 } else { 0 };
        let filler = "\\\"é{[".repeat(size / 4);
        write!(
            elements,
            "{}{{\"address\":\"{kind}.x[{index}]\",\"mode\":\"managed\",\"type\":\"{kind}\",\"name\":\"x\",\
             \"index\":{index},\"change\":{{\"actions\":[\"create\"],\"before\":null,\
             \"after\":{{\"name\":\"n{index}\",\"policy\":\"{filler}\"}},\"after_unknown\":{{\"id\":true}}}}}}",
            if index > 0 { "," } else { "" }
        )
        .unwrap();
        if kind != "aws_instance" {
            expected.push((format!("{kind}.x[{index}]"), size / 4 * 5));
        }
    }
    let text = format!("{{\"format_version\":\"1.2\",\"resource_changes\":[{elements}]}}");
    for size in [usize::MAX, 4096, 65_521] {
        let plan = read_from(Drip { rest: text.as_bytes(), size }).unwrap();
        let found: Vec<(String, usize)> = plan
            .resources
            .iter()
            .map(|resource| {
                let policy = resource.after.as_ref().unwrap().member("policy").as_str().unwrap();
                (resource.address_text.to_string(), policy.len())
            })
            .collect();
        assert_eq!(found, expected);
        let fetched = plan.fetch(&["aws_instance.x[1]", "aws_instance.x[1498]"]).unwrap();
        assert_eq!(fetched[1].after.as_ref().unwrap().member("name").as_str(), Some("n1498"));
    }
    for end in (1..text.len()).step_by(100_003) {
        // Cut within a character, it is no UTF-8 any more; else it is cut off.
        let error = read_from(&text.as_bytes()[..end]).unwrap_err();
        assert!(matches!(error, PlanError::Truncated { .. } | PlanError::Syntax { .. }), "{error:?}");
    }
    // The first mistake is told, whatever the other thread has found by then.
    let broken = text.replacen("\"change\":{", "\"change\":[{", 1);
    assert!(matches!(read_text(&broken), Err(PlanError::Syntax { .. })));
}
