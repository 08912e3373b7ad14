//! The name of a condition operator, taken apart: `ForAnyValue:StringNotLikeIfExists`.
//!
//! Source: IAM user guide, "IAM JSON policy elements: Condition operators".

/// A condition operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operator {
    pub set: Option<SetOperator>,
    pub if_exists: bool,
    /// `Not…`: holds when none of the values compares.
    pub negated: bool,
    pub compares: Comparison,
}

/// How the values of a key that may have several are taken together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetOperator {
    ForAllValues,
    ForAnyValue,
}

/// What one value is compared by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    Equal,
    EqualIgnoringCase,
    Like,
    Numbers(Order),
    Dates(Order),
    Bool,
    Binary,
    Address,
    Arn,
    Null,
}

/// How a value of the request stands to one of the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Equal,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

/// Every operator without set and `IfExists`, whether it is negated, and what it compares.
const OPERATORS: [(&str, bool, Comparison); 27] = [
    ("StringEquals", false, Comparison::Equal),
    ("StringNotEquals", true, Comparison::Equal),
    ("StringEqualsIgnoreCase", false, Comparison::EqualIgnoringCase),
    ("StringNotEqualsIgnoreCase", true, Comparison::EqualIgnoringCase),
    ("StringLike", false, Comparison::Like),
    ("StringNotLike", true, Comparison::Like),
    ("NumericEquals", false, Comparison::Numbers(Order::Equal)),
    ("NumericNotEquals", true, Comparison::Numbers(Order::Equal)),
    ("NumericLessThan", false, Comparison::Numbers(Order::Less)),
    ("NumericLessThanEquals", false, Comparison::Numbers(Order::AtMost)),
    ("NumericGreaterThan", false, Comparison::Numbers(Order::Greater)),
    ("NumericGreaterThanEquals", false, Comparison::Numbers(Order::AtLeast)),
    ("DateEquals", false, Comparison::Dates(Order::Equal)),
    ("DateNotEquals", true, Comparison::Dates(Order::Equal)),
    ("DateLessThan", false, Comparison::Dates(Order::Less)),
    ("DateLessThanEquals", false, Comparison::Dates(Order::AtMost)),
    ("DateGreaterThan", false, Comparison::Dates(Order::Greater)),
    ("DateGreaterThanEquals", false, Comparison::Dates(Order::AtLeast)),
    ("Bool", false, Comparison::Bool),
    ("BinaryEquals", false, Comparison::Binary),
    ("IpAddress", false, Comparison::Address),
    ("NotIpAddress", true, Comparison::Address),
    ("ArnEquals", false, Comparison::Arn),
    ("ArnLike", false, Comparison::Arn),
    ("ArnNotEquals", true, Comparison::Arn),
    ("ArnNotLike", true, Comparison::Arn),
    ("Null", false, Comparison::Null),
];

impl Operator {
    /// The operators without set and `IfExists`.
    pub fn names() -> impl Iterator<Item = &'static str> {
        OPERATORS.iter().map(|(name, ..)| *name)
    }

    /// Reads the name of an operator; its case makes no difference.
    pub fn parse(name: &str) -> Option<Self> {
        let (set, base) = match name.split_once(':') {
            Some((set, base)) if set.eq_ignore_ascii_case("ForAllValues") => (Some(SetOperator::ForAllValues), base),
            Some((set, base)) if set.eq_ignore_ascii_case("ForAnyValue") => (Some(SetOperator::ForAnyValue), base),
            Some(_) => return None,
            None => (None, name),
        };
        let find = |name: &str| OPERATORS.iter().find(|(known, ..)| known.eq_ignore_ascii_case(name));
        let with_suffix = base.len().checked_sub("IfExists".len()).and_then(|at| {
            let (name, suffix) = base.split_at_checked(at)?;
            suffix.eq_ignore_ascii_case("IfExists").then_some(name)
        });
        let (if_exists, (_, negated, compares)) = match with_suffix {
            Some(name) => (true, find(name).filter(|(known, ..)| *known != "Null")?),
            None => (false, find(base)?),
        };
        Some(Self {
            set,
            if_exists,
            negated: *negated,
            compares: *compares,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_apart() {
        let operator = Operator::parse("ForAnyValue:StringNotLikeIfExists").unwrap();
        assert_eq!(
            operator,
            Operator {
                set: Some(SetOperator::ForAnyValue),
                if_exists: true,
                negated: true,
                compares: Comparison::Like
            }
        );
        for name in Operator::names() {
            assert!(
                Operator::parse(name).is_some_and(|o| !o.if_exists && o.set.is_none()),
                "{name}"
            );
            assert_eq!(Operator::parse(&name.to_lowercase()), Operator::parse(name));
        }
        for unknown in ["", "StringEqual", "NullIfExists", "ForSomeValues:Bool", "IfExists", "é"] {
            assert_eq!(Operator::parse(unknown), None, "{unknown}");
        }
    }
}
