//! Where dependencies lie in a layer: the same files as in a function's archive, below other names.
//!
//! Lambda unpacks a layer into `/opt`, and every runtime looks into folders of its own there.
//! Source: Lambda developer guide, "Packaging your layer content".

use super::Selection;
use crate::domain::names::RuntimeId;

/// The family of runtimes, where dependencies lie in a function's archive, where in a layer, and how the
/// names of all files end.
const LAYOUTS: [Layout; 4] = [
    Layout {
        family: "nodejs",
        function: "node_modules/",
        layer: "nodejs/node_modules/",
        ending: "",
    },
    Layout {
        family: "python",
        function: "",
        layer: "python/",
        ending: "",
    },
    // Bundler's folders are named by the version of Ruby, and so are those of a layer.
    Layout {
        family: "ruby",
        function: "vendor/bundle/ruby/",
        layer: "ruby/gems/",
        ending: "",
    },
    Layout {
        family: "java",
        function: "lib/",
        layer: "java/lib/",
        ending: ".jar",
    },
];

/// How the dependencies of one family of runtimes lie in a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    family: &'static str,
    function: &'static str,
    layer: &'static str,
    ending: &'static str,
}

impl Layout {
    /// The layout for a runtime; none where programs bring their dependencies inside.
    pub fn of(runtime: &RuntimeId) -> Option<Self> {
        let family = |layout: &&Self| runtime.as_str().starts_with(layout.family);
        LAYOUTS.iter().find(family).copied()
    }

    /// The folder of the source where installed dependencies lie apart from the function's own files.
    pub fn folder(self) -> Option<&'static str> {
        (!self.function.is_empty()).then_some(self.function)
    }

    /// What of a function's files are its dependencies.
    #[must_use]
    pub fn dependencies(self, mut selection: Selection) -> Selection {
        let ours = |name: &str| name.starts_with(self.function) && name.ends_with(self.ending);
        selection.files.retain(|file| ours(&file.name));
        selection
    }

    /// Gives dependencies their names in a layer.
    #[must_use]
    pub fn arrange(self, mut selection: Selection) -> Selection {
        for file in &mut selection.files {
            if let Some(inner) = file.name.strip_prefix(self.function) {
                file.name = format!("{}{inner}", self.layer);
            }
        }
        selection
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::package::Identity;
    use crate::domain::package::SelectedFile;

    fn layout(runtime: &str) -> Option<Layout> {
        Layout::of(&RuntimeId::new(runtime).unwrap())
    }

    #[test]
    fn dependencies_get_the_names_their_runtime_looks_for() {
        let names = [
            "app.py",
            "lib/gson.jar",
            "lib/readme.txt",
            "node_modules/a/index.js",
            "vendor/bundle/ruby/3.4.0/gems/rack/rack.rb",
        ];
        let files = names.map(|name| SelectedFile {
            name: name.into(),
            path: name.into(),
            executable: false,
            size: 1,
            identity: Identity::default(),
        });
        let all = Selection {
            files: files.into(),
            ..Selection::default()
        };
        for (runtime, expected) in [
            ("nodejs24.x", vec!["nodejs/node_modules/a/index.js"]),
            ("ruby3.4", vec!["ruby/gems/3.4.0/gems/rack/rack.rb"]),
            ("java21", vec!["java/lib/gson.jar"]),
            (
                "python3.13",
                vec![
                    "python/app.py",
                    "python/lib/gson.jar",
                    "python/lib/readme.txt",
                    "python/node_modules/a/index.js",
                    "python/vendor/bundle/ruby/3.4.0/gems/rack/rack.rb",
                ],
            ),
        ] {
            let layout = layout(runtime).unwrap();
            let arranged = layout.arrange(layout.dependencies(all.clone()));
            let names: Vec<&str> = arranged.files.iter().map(|file| file.name.as_str()).collect();
            assert_eq!(names, expected, "{runtime}");
        }
        assert_eq!((layout("provided.al2023"), layout("dotnet8")), (None, None));
    }
}
