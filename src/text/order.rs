//! The order of two texts, as far as it is certain whatever their holes turn out to be.

use std::cmp::Ordering;

use super::{Piece, Text, strip_common};

impl Text {
    /// The order of what both turn out to be, byte by byte; `None` where it hangs on what their holes turn out to be.
    pub fn order(&self, other: &Self) -> Option<Ordering> {
        if self.content == other.content {
            return Some(Ordering::Equal);
        }
        if let (Some(known), Some(other)) = (self.as_known(), other.as_known()) {
            return Some(known.cmp(other));
        }
        let (mut left, mut right): (Vec<_>, Vec<_>) = (self.pieces().collect(), other.pieces().collect());
        strip_common(&mut left, &mut right, false);
        match (left.first(), right.first()) {
            (None, None) => Some(Ordering::Equal),
            (Some(Piece::Literal(known)), Some(Piece::Literal(other))) => Some(known.cmp(other)),
            (None, Some(_)) => has_more(&right).then_some(Ordering::Less),
            (Some(_), None) => has_more(&left).then_some(Ordering::Greater),
            _ => None,
        }
    }
}

fn has_more(rest: &[Piece<'_>]) -> bool {
    rest.iter().any(|piece| piece.min_len() > 0)
}

/// The texts in order, and whether that is certain. Where it is not, the order is one that does not hang on theirs.
pub fn in_order(mut texts: Vec<Text>) -> (Vec<Text>, bool) {
    /// Of more texts with holes than these not all pairs are compared.
    const MOST: usize = 400;
    texts.sort();
    if texts.iter().all(Text::is_known) {
        return (texts, true);
    }
    let pairs = || {
        texts.iter().enumerate().flat_map(|(at, one)| texts.iter().skip(at).map(move |other| (one, other)))
    };
    let is_certain = texts.len() <= MOST && pairs().all(|(one, other)| one.order(other).is_some());
    if is_certain {
        // All pairs have an order, and it is that of the texts that they turn out to be.
        texts.sort_by(|one, other| one.order(other).unwrap_or(Ordering::Equal));
    }
    (texts, is_certain)
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use super::in_order;
    use crate::text::{Hole, Shape, Text};

    fn arn(name: &str) -> Text {
        let id = Hole::new(format!("aws_mq_broker.{name}"), "id", Shape::NEW_BROKER_ID);
        Text::builder().push_str("broker:").push_str(name).push_str(":").push_hole(&id).finish()
    }

    #[test]
    fn what_stands_before_the_holes_decides() {
        assert_eq!(arn("billing").order(&arn("orders")), Some(Ordering::Less));
        assert_eq!(arn("orders").order(&arn("billing")), Some(Ordering::Greater));
        assert_eq!(arn("orders").order(&arn("orders")), Some(Ordering::Equal));
        assert_eq!(arn("orders").order(&Text::from("broker:orders:")), Some(Ordering::Greater));
        assert_eq!(arn("orders").order(&Text::from("broker:orders:b-1")), None);
        assert_eq!(in_order(vec![arn("b"), arn("a"), arn("c")]), (vec![arn("a"), arn("b"), arn("c")], true));
    }

    #[test]
    fn holes_decide_nothing() {
        let id =
            |name: &str| Text::hole(Hole::new(format!("aws_mq_broker.{name}"), "id", Shape::NEW_BROKER_ID));
        assert_eq!(id("a").order(&id("b")), None);
        assert!(!in_order(vec![id("a"), Text::from("x"), id("b")]).1);
        assert!(in_order(vec![id("a")]).1);
    }
}
