//! The graph in the DOT language of Graphviz.

use std::io::{self, Write};

use super::shared::{DrawnEdge, DrawnNode, Stage, Style};
use super::{Picture, Role};

impl Picture<'_> {
    /// Writes the graph in the DOT language.
    pub fn write_dot(self, out: &mut dyn Write) -> io::Result<()> {
        let drawing = self.drawing();
        writeln!(out, "digraph mqwarden {{")?;
        writeln!(out, "  graph [rankdir=LR, nodesep=0.25, ranksep=1.2];")?;
        writeln!(
            out,
            "  node [shape=box, style=\"rounded,filled\", fontname=\"Helvetica\", fontsize=10, color=\"#59636e\"];"
        )?;
        writeln!(out, "  edge [fontname=\"Helvetica\", fontsize=9, color=\"#59636e\"];")?;
        for (number, node) in drawing.nodes.iter().enumerate() {
            write_node(out, number, node)?;
        }
        for edge in &drawing.edges {
            write_edge(out, edge)?;
        }
        writeln!(out, "}}")
    }
}

fn write_node(out: &mut dyn Write, number: usize, node: &DrawnNode) -> io::Result<()> {
    let look = match node.role {
        Role::Policy => "shape=note, style=filled, fillcolor=\"#f6f8fa\"",
        Role::Principal => "fillcolor=\"#ddf4ff\"",
        Role::Broker => "fillcolor=\"#fff3c4\"",
    };
    let stage = match node.stage {
        Stage::Stays => "",
        Stage::New => ", penwidth=2",
        Stage::Gone => ", style=\"dashed\"",
    };
    let label: Vec<String> = node.lines.iter().map(|line| escaped(line)).collect();
    writeln!(out, "  n{number} [label=\"{}\", {look}{stage}];", label.join("\\n"))
}

fn write_edge(out: &mut dyn Write, edge: &DrawnEdge) -> io::Result<()> {
    let look = match edge.style {
        Style::Attached => "",
        Style::Member => "color=\"#0969da\"",
        Style::Limit => "style=dotted, arrowhead=tee",
        Style::Allowed => "color=\"#116329\", fontcolor=\"#116329\"",
        Style::Conditional => "style=dashed, color=\"#7d4e00\", fontcolor=\"#7d4e00\"",
        Style::Unknown => "style=dotted, color=\"#6639ba\", fontcolor=\"#6639ba\"",
        Style::Lost => "style=dashed, color=\"#b42318\", fontcolor=\"#b42318\", arrowhead=empty",
    };
    let stage = match edge.stage {
        Stage::New => "penwidth=2",
        Stage::Gone if edge.style != Style::Lost => "style=dashed, color=\"#b42318\"",
        Stage::Stays | Stage::Gone => "",
    };
    let label =
        if edge.label.is_empty() { String::new() } else { format!("label=\"{}\"", escaped(&edge.label)) };
    let attributes: Vec<&str> = [&*label, look, stage].into_iter().filter(|part| !part.is_empty()).collect();
    if attributes.is_empty() {
        return writeln!(out, "  n{} -> n{};", edge.from, edge.to);
    }
    writeln!(out, "  n{} -> n{} [{}];", edge.from, edge.to, attributes.join(", "))
}

/// Text as part of a quoted label: no end of it, no escape such as `\N`, no entity such as `&lt;`.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('&', "&amp;")
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn labels_cannot_be_left() {
        assert_eq!(escaped("a[\"x\"]"), "a[\\\"x\\\"]");
        assert_eq!(escaped("\\\" \\N &lt;"), "\\\\\\\" \\\\N &amp;lt;");
    }
}
