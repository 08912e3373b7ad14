//! Stages: a stage's keys laid over the rest of the file.

use super::node::{Entry, Kind, Node};

/// The base with an overlay on it: maps merge deeply, lists and single values replace, and
/// nothing (`null`) removes a key. Every value keeps the place it was written at.
pub fn overlaid(base: &Node, overlay: &Node) -> Node {
    let (Kind::Map(base_entries), Kind::Map(overlay_entries)) = (&base.kind, &overlay.kind) else {
        return without_nulls(overlay);
    };
    let mut entries = base_entries.clone();
    for over in overlay_entries {
        let position = entries.iter().position(|entry| entry.key == over.key);
        match (position, &over.node.kind) {
            (Some(position), Kind::Null) => {
                entries.remove(position);
            }
            (None, Kind::Null) => {}
            (Some(position), _) => entries[position].node = overlaid(&entries[position].node, &over.node),
            (None, _) => entries.push(Entry {
                key: over.key.clone(),
                node: without_nulls(&over.node),
            }),
        }
    }
    Node {
        kind: Kind::Map(entries),
        ..base.clone()
    }
}

/// A part of an overlay that has nothing below it: its removals remove nothing.
fn without_nulls(node: &Node) -> Node {
    let Kind::Map(entries) = &node.kind else {
        return node.clone();
    };
    let kept = entries.iter().filter(|entry| entry.node.kind != Kind::Null);
    let kept = kept.map(|entry| Entry {
        key: entry.key.clone(),
        node: without_nulls(&entry.node),
    });
    Node {
        kind: Kind::Map(kept.collect()),
        ..node.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::super::yaml;
    use super::*;

    fn read(text: &str) -> Node {
        yaml::parse(text).map_err(|e| e.message).unwrap().root
    }

    fn plain(node: &Node) -> String {
        match &node.kind {
            Kind::Map(entries) => {
                let inner: Vec<String> = entries
                    .iter()
                    .map(|e| format!("{}:{}", e.key, plain(&e.node)))
                    .collect();
                format!("{{{}}}", inner.join(","))
            }
            Kind::List(nodes) => format!("[{}]", nodes.iter().map(plain).collect::<Vec<_>>().join(",")),
            Kind::Null => "null".into(),
            _ => node.written.clone(),
        }
    }

    #[test]
    fn maps_merge_lists_replace_and_null_removes() {
        for (base, overlay, expected) in [
            ("{a: 1, b: 2}", "{b: 3, c: 4}", "{a:1,b:3,c:4}"),
            ("{m: {x: 1, y: 2}}", "{m: {y: 3}}", "{m:{x:1,y:3}}"),
            ("{l: [1, 2]}", "{l: [3]}", "{l:[3]}"),
            ("{a: 1, b: 2}", "{a: ~}", "{b:2}"),
            ("{m: {x: 1}}", "{m: {x: ~, z: ~}, n: {y: ~}}", "{m:{},n:{}}"),
            ("{a: 1}", "{a: {x: 1}}", "{a:{x:1}}"),
        ] {
            assert_eq!(
                plain(&overlaid(&read(base), &read(overlay))),
                expected,
                "{base} + {overlay}"
            );
        }
    }
}
