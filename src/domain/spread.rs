//! What many durations come to: extremes, the middle, and how they are spread.

use serde::Serialize;

/// Milliseconds; of at least one value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Spread {
    pub count: usize,
    pub min_ms: f64,
    pub median_ms: f64,
    pub p95_ms: f64,
    pub max_ms: f64,
}

/// A bar of a histogram.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bar {
    /// Milliseconds, from here on and below the next.
    pub from_ms: f64,
    pub to_ms: f64,
    pub count: usize,
}

impl Spread {
    /// `None` without values.
    pub fn of(values: &[f64]) -> Option<Self> {
        let sorted = sorted(values);
        let (min, max) = (*sorted.first()?, *sorted.last()?);
        let middle = sorted.len() / 2;
        let median = if sorted.len().is_multiple_of(2) {
            f64::midpoint(sorted[middle - 1], sorted[middle])
        } else {
            sorted[middle]
        };
        // The nearest rank: the smallest value that at least 95 of 100 do not exceed.
        let rank = (sorted.len() * 95).div_ceil(100);
        Some(Self {
            count: sorted.len(),
            min_ms: rounded(min),
            median_ms: rounded(median),
            p95_ms: rounded(sorted[rank - 1]),
            max_ms: rounded(max),
        })
    }
}

/// Bars in steps of 1, 2 and 5, at most `most` of them where the values allow it: each bar is at least
/// a tenth of a millisecond wide. Values far out share the last bar.
pub fn histogram(values: &[f64], most: u32) -> Vec<Bar> {
    let sorted = sorted(values);
    let (Some(first), Some(spread)) = (sorted.first(), Spread::of(values)) else {
        return Vec::new();
    };
    let mut width = 0.1;
    let mut step = 0;
    while (spread.p95_ms - first) / width >= f64::from(most) - 1.0 {
        width *= [2.0, 2.5, 2.0][step % 3];
        step += 1;
    }
    let start = (first / width).floor() * width;
    let mut bars: Vec<Bar> = (0..most)
        .map(|index| Bar {
            from_ms: rounded(width.mul_add(f64::from(index), start)),
            to_ms: rounded(width.mul_add(f64::from(index + 1), start)),
            count: 0,
        })
        .collect();
    for value in &sorted {
        let place = bars.iter().position(|bar| *value < bar.to_ms);
        let last = bars.len() - 1;
        bars[place.unwrap_or(last)].count += 1;
    }
    while bars.last().is_some_and(|bar| bar.count == 0) {
        bars.pop();
    }
    if let Some(last) = bars.last_mut() {
        last.to_ms = last.to_ms.max(spread.max_ms);
    }
    bars
}

/// Hundredths, as Lambda tells milliseconds.
fn rounded(milliseconds: f64) -> f64 {
    (milliseconds * 100.0).round() / 100.0
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_and_the_ends() {
        assert_eq!(Spread::of(&[]), None);
        let one = Spread::of(&[3.0]).unwrap();
        assert_eq!(
            (one.min_ms, one.median_ms, one.p95_ms, one.max_ms),
            (3.0, 3.0, 3.0, 3.0)
        );
        let hundred: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        let spread = Spread::of(&hundred).unwrap();
        assert_eq!((spread.count, spread.median_ms, spread.p95_ms), (100, 50.5, 95.0));
    }

    #[test]
    fn every_value_is_in_a_bar() {
        for values in [vec![1.0], vec![0.5, 0.51, 900.0], (0..500).map(f64::from).collect()] {
            let bars = histogram(&values, 10);
            assert!(bars.len() <= 10 && !bars.is_empty());
            assert_eq!(bars.iter().map(|bar| bar.count).sum::<usize>(), values.len());
            assert!(
                bars.windows(2)
                    .all(|pair| (pair[0].to_ms - pair[1].from_ms).abs() < 1e-9)
            );
        }
        assert_eq!(histogram(&[], 10), []);
    }
}
