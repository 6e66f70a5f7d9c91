//! How long it takes to read a plan, side by side with the time that `serde_json` takes to run over the same bytes.
//!
//! The input is made here, from a seed: a plan with brokers, principals and policies among three times as many
//! resources that do not matter. `MQWARDEN_BENCH_PLAN` names a file to read instead.

#![allow(clippy::unwrap_used, reason = "a benchmark")]

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::LazyLock;

use divan::{Bencher, black_box, counter::BytesCount};
use mqwarden::plan::{Input, read, read_from};
use serde::de::IgnoredAny;

fn main() {
    divan::main();
}

/// The plan in a file and in memory.
static PLAN: LazyLock<(PathBuf, Vec<u8>)> = LazyLock::new(|| {
    if let Some(path) = std::env::var_os("MQWARDEN_BENCH_PLAN") {
        let path = PathBuf::from(path);
        let bytes = std::fs::read(&path).unwrap();
        return (path, bytes);
    }
    let text = Generator { random: 1 }.plan(12_000);
    let path = std::env::temp_dir().join(format!("mqwarden-bench-reading-{}.json", std::process::id()));
    std::fs::write(&path, &text).unwrap();
    (path, text.into_bytes())
});

/// The measure: validates the bytes and builds nothing.
#[divan::bench]
fn serde_json_ignored_any(bencher: Bencher<'_, '_>) {
    let (_, bytes) = &*PLAN;
    bencher
        .counter(BytesCount::of_slice(bytes))
        .bench(|| serde_json::from_slice::<IgnoredAny>(black_box(bytes)).unwrap());
}

/// What builds everything costs.
#[divan::bench(sample_count = 10)]
fn serde_json_value(bencher: Bencher<'_, '_>) {
    let (_, bytes) = &*PLAN;
    bencher
        .counter(BytesCount::of_slice(bytes))
        .bench(|| serde_json::from_slice::<serde_json::Value>(black_box(bytes)).unwrap());
}

/// From a file, as `mqwarden check FILE` does.
#[divan::bench]
fn read_file(bencher: Bencher<'_, '_>) {
    let (path, bytes) = &*PLAN;
    bencher
        .counter(BytesCount::of_slice(bytes))
        .bench(|| read(Input::File(black_box(path).clone())).unwrap());
}

/// From what can be read only once, with copies of what is skipped.
#[divan::bench]
fn read_pipe(bencher: Bencher<'_, '_>) {
    let (_, bytes) = &*PLAN;
    bencher.counter(BytesCount::of_slice(bytes)).bench(|| read_from(black_box(bytes.as_slice())).unwrap());
}

/// A small plan: what most plans are.
#[divan::bench]
fn read_small(bencher: Bencher<'_, '_>) {
    let text = Generator { random: 1 }.plan(4);
    bencher
        .counter(BytesCount::of_slice(text.as_bytes()))
        .bench(|| read_from(black_box(text.as_bytes())).unwrap());
}

/// Writes plans of the shape that Terraform writes.
struct Generator {
    random: u64,
}

impl Generator {
    fn below(&mut self, bound: u64) -> u64 {
        self.random =
            self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.random >> 33) % bound
    }

    /// A plan with `count` resources.
    fn plan(&mut self, count: usize) -> String {
        let mut sections = [String::new(), String::new(), String::new(), String::new()];
        for index in 0..count {
            let kind = match self.below(5) {
                _ if index % 50 == 0 => "aws_mq_broker",
                0 => "aws_instance",
                1 => "aws_s3_bucket",
                2 => "aws_security_group",
                3 => "aws_iam_role",
                _ => "aws_iam_role_policy",
            };
            self.resource(kind, index, &mut sections);
        }
        let [planned, changes, prior, blocks] = sections;
        format!(
            "{{\"format_version\":\"1.2\",\"terraform_version\":\"1.11.4\",\"planned_values\":{{\"root_module\":\
             {{\"resources\":[{planned}]}}}},\"resource_changes\":[{changes}],\"prior_state\":{{\"format_version\":\
             \"1.0\",\"values\":{{\"root_module\":{{\"resources\":[{prior}]}}}}}},\"configuration\":\
             {{\"root_module\":{{\"resources\":[{blocks}]}}}}}}"
        )
    }

    fn resource(&mut self, kind: &str, index: usize, [planned, changes, prior, blocks]: &mut [String; 4]) {
        let mut values = self.values(kind, index);
        let head = format!(
            "\"address\":\"{kind}.x{index}\",\"mode\":\"managed\",\"type\":\"{kind}\",\"name\":\"x{index}\",\
             \"provider_name\":\"registry.terraform.io/hashicorp/aws\""
        );
        let marks = "\"tags\":{},\"tags_all\":{}";
        let (actions, unknown) = match self.below(10) {
            0..7 => ("no-op", ""),
            7 => ("update", ""),
            _ => ("create", ",\"arn\":true,\"id\":true"),
        };
        if actions != "create" {
            write!(values, ",\"arn\":\"arn:aws:x:eu-west-1:123456789012:x/x{index}\",\"id\":\"x{index}\"")
                .unwrap();
        }
        let before = match actions {
            "create" => "null".into(),
            "update" => format!("{{{values},\"description\":\"before\"}}"),
            _ => format!("{{{values}}}"),
        };
        for section in [&mut *planned, &mut *changes, &mut *prior, &mut *blocks] {
            section.push_str(if index > 0 { "," } else { "" });
        }
        write!(
            planned,
            "{{{head},\"schema_version\":0,\"values\":{{{values}}},\"sensitive_values\":{{{marks}}}}}"
        )
        .unwrap();
        write!(
            changes,
            "{{{head},\"change\":{{\"actions\":[\"{actions}\"],\"before\":{before},\"after\":{{{values}}},\
             \"after_unknown\":{{{marks}{unknown}}},\"before_sensitive\":{{{marks}}},\"after_sensitive\":{{{marks}}}}}}}"
        )
        .unwrap();
        write!(
            prior,
            "{{{head},\"schema_version\":0,\"values\":{{{values}}},\"sensitive_values\":{{{marks}}}}}"
        )
        .unwrap();
        write!(
            blocks,
            "{{{head},\"provider_config_key\":\"aws\",\"expressions\":{{\"name\":{{\"constant_value\":\"x{index}\"}},\
             \"policy\":{{\"references\":[\"aws_mq_broker.x0.arn\",\"aws_mq_broker.x0\"]}}}},\"schema_version\":0}}"
        )
        .unwrap();
    }

    fn values(&mut self, kind: &str, index: usize) -> String {
        let tags = format!("{{\"env\":\"prod\",\"Name\":\"x{index}\",\"team\":\"team-{}\"}}", self.below(20));
        let mut values = format!("\"tags\":{tags},\"tags_all\":{tags},\"name\":\"service-x{index}\"");
        match kind {
            "aws_iam_role" | "aws_iam_role_policy" => {
                let policy = format!(
                    "{{\\\"Statement\\\":[{{\\\"Action\\\":[\\\"mq:RebootBroker\\\",\\\"mq:Describe*\\\"],\\\"Effect\\\":\
                     \\\"Allow\\\",\\\"Resource\\\":\\\"arn:aws:mq:*:*:broker:team-{}-*\\\"}}],\\\"Version\\\":\
                     \\\"2012-10-17\\\"}}",
                    self.below(200)
                );
                let name = if kind == "aws_iam_role" { "assume_role_policy" } else { "policy" };
                write!(values, ",\"{name}\":\"{policy}\",\"role\":\"service-x{index}\",\"path\":\"/\"")
                    .unwrap();
            }
            _ => {
                for attribute in 0..20 + self.below(20) {
                    write!(values, ",\"attribute_{attribute}\":\"{:016x}\"", self.below(u64::MAX)).unwrap();
                }
                values.push_str(
                    ",\"block\":[{\"enabled\":true,\"size\":8,\"other\":null,\"list\":[\"a\",\"b\"]}]",
                );
            }
        }
        values
    }
}
