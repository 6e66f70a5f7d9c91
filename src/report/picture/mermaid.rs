//! The graph as a Mermaid flowchart, which GitHub and GitLab draw in Markdown.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::shared::{DrawnEdge, DrawnNode, Stage, Style};
use super::{Picture, Role};

/// More edges Mermaid does not draw unless it is told to.
const MOST_EDGES: usize = 500;

impl Picture<'_> {
    /// Writes the graph as a Mermaid flowchart.
    pub fn write_mermaid(self, out: &mut dyn Write) -> io::Result<()> {
        let drawing = self.drawing();
        if drawing.edges.len() > MOST_EDGES {
            writeln!(
                out,
                "%% {} edges: Mermaid draws {MOST_EDGES} unless maxEdges says more",
                drawing.edges.len()
            )?;
        }
        writeln!(out, "flowchart LR")?;
        for (number, node) in drawing.nodes.iter().enumerate() {
            write_node(out, number, node)?;
        }
        for edge in &drawing.edges {
            write_edge(out, edge)?;
        }
        writeln!(out, "  classDef policy fill:#f6f8fa,stroke:#59636e,color:#1f2328")?;
        writeln!(out, "  classDef principal fill:#ddf4ff,stroke:#59636e,color:#1f2328")?;
        writeln!(out, "  classDef broker fill:#fff3c4,stroke:#59636e,color:#1f2328")?;
        writeln!(out, "  classDef new stroke-width:3px")?;
        writeln!(out, "  classDef gone stroke-dasharray:5 4")
    }
}

fn write_node(out: &mut dyn Write, number: usize, node: &DrawnNode) -> io::Result<()> {
    let (open, close) = match node.role {
        Role::Policy => ("[", "]"),
        Role::Principal => ("(", ")"),
        Role::Broker => ("[[", "]]"),
    };
    let class = node.role.name();
    let stage = match node.stage {
        Stage::Stays => String::new(),
        Stage::New => format!("\n  class n{number} new"),
        Stage::Gone => format!("\n  class n{number} gone"),
    };
    let label: Vec<String> = node.lines.iter().map(|line| escaped(line)).collect();
    writeln!(out, "  n{number}{open}\"{}\"{close}:::{class}{stage}", label.join("<br>"))
}

fn write_edge(out: &mut dyn Write, edge: &DrawnEdge) -> io::Result<()> {
    let arrow = match (edge.style, edge.stage) {
        (Style::Lost, _) | (_, Stage::Gone) => "-.-x",
        (Style::Limit, _) => "-.-o",
        (Style::Conditional | Style::Unknown, _) => "-.->",
        (Style::Allowed, _) => "==>",
        (Style::Attached | Style::Member, _) => "-->",
    };
    let label = if edge.label.is_empty() { String::new() } else { format!("|\"{}\"|", escaped(&edge.label)) };
    writeln!(out, "  n{} {arrow}{label} n{}", edge.from, edge.to)
}

/// Text as part of a quoted label: what is no letter, digit or plain sign is written as a character code, so that
/// nothing in it is Markdown, HTML, mathematics, a directive, or the end of the label.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '.' | ',' | ':' | '/' | '(' | ')') {
            escaped.push(c);
        } else {
            let _ = write!(escaped, "#{};", u32::from(c));
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn labels_cannot_be_left() {
        assert_eq!(escaped("aws_mq_broker.a[\"x\"]"), "aws_mq_broker.a#91;#34;x#34;#93;");
        assert_eq!(
            escaped("%%{init}%% $$x$$ `**b**`"),
            escaped("%%{init}%% $$x$$ `**b**`").replace(['%', '{', '$', '`', '*'], "")
        );
        assert_eq!(escaped("#quot;<b>"), "#35;quot#59;#60;b#62;");
    }
}
