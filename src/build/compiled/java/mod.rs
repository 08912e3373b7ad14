//! Java and the other languages of its machine: built by Maven or Gradle, packaged as jars in `lib/`.
//!
//! Lambda's class path is the archive's root and the jars in `lib/`. The project's own jar goes there under its
//! own name, whether it brings its dependencies (a fat jar) or not; in the second case theirs are beside it.
//! Source: Lambda developer guide, "Deploy Java Lambda functions with .zip or JAR file archives".

mod jar;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::{Task, WAYS_OUT, absolute, emptied, looked, missing, names_in, only, outputs, placed};
use crate::build::tool;
use crate::build::{Built, Note, Request};
use crate::domain::package::Tree;
use crate::error::Problem;

/// Copies what the program needs at run time to where lfn asks for it.
const GRADLE_SCRIPT: &str = "\
allprojects { project ->
  project.afterEvaluate {
    def needed = project.configurations.findByName('runtimeClasspath')
    if (needed != null) {
      project.tasks.create(name: 'lfnDependencies', type: Copy) {
        from needed
        into System.getProperty('lfn.dependencies')
      }
    }
  }
}
";

/// What builds a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    Maven,
    Gradle,
}

impl Tool {
    /// The tool of a folder that holds these names.
    pub fn of(names: &[String]) -> Option<Self> {
        let has = |wanted: &&str| names.iter().any(|name| name == wanted);
        if has(&"pom.xml") {
            Some(Self::Maven)
        } else if ["build.gradle", "build.gradle.kts"].iter().any(has) {
            Some(Self::Gradle)
        } else {
            None
        }
    }

    fn command(self) -> &'static str {
        match self {
            Self::Maven => "mvn package",
            Self::Gradle => "gradle build",
        }
    }

    /// The project's own wrapper, which may lie at the root of several projects; else the one of the machine.
    fn find(self, request: &Request<'_>) -> anyhow::Result<tool::Tool> {
        let (name, wrapper, root, install) = match self {
            Self::Maven => (
                "mvn",
                "mvnw",
                ["pom.xml", "pom.xml"],
                "install Maven, https://maven.apache.org, or add its wrapper to the project: `mvn wrapper:wrapper`",
            ),
            Self::Gradle => (
                "gradle",
                "gradlew",
                ["settings.gradle", "settings.gradle.kts"],
                "install Gradle, https://gradle.org, or add its wrapper to the project: `gradle wrapper`",
            ),
        };
        let file = match self {
            Self::Maven if cfg!(windows) => "mvnw.cmd",
            Self::Gradle if cfg!(windows) => "gradlew.bat",
            Self::Maven | Self::Gradle => wrapper,
        };
        let source = absolute(request.source);
        let is_root = |folder: &&Path| *folder == source || root.iter().any(|root| folder.join(root).is_file());
        let own = source.ancestors().filter(is_root).map(|folder| folder.join(file));
        match own.into_iter().find(|path| path.is_file()) {
            Some(path) => Ok(request.tools.at(wrapper, path)),
            None => request
                .tools
                .find(name)
                .ok_or_else(|| missing(request, name, install).into()),
        }
    }

    /// Runs the build, without tests: those are another step's business.
    async fn build(self, tool: &tool::Tool, source: &Path) -> anyhow::Result<()> {
        let arguments: &[&str] = match self {
            Self::Maven => &["--batch-mode", "--quiet", "-DskipTests", "package"],
            Self::Gradle => &["--console=plain", "--quiet", "build", "-x", "test"],
        };
        tool.run(source, arguments, []).await?;
        Ok(())
    }

    /// Copies the jars that the program needs at run time into an empty folder.
    async fn copy_dependencies(self, tool: &tool::Tool, source: &Path, into: &Path) -> anyhow::Result<()> {
        let into_shown = into.display();
        let arguments: Vec<String> = match self {
            Self::Maven => vec![
                "--batch-mode".into(),
                "--quiet".into(),
                "dependency:copy-dependencies".into(),
                "-DincludeScope=runtime".into(),
                format!("-DoutputDirectory={into_shown}"),
            ],
            Self::Gradle => {
                let script = into.with_extension("gradle");
                fs::write(&script, GRADLE_SCRIPT).with_context(|| format!("could not write `{}`", script.display()))?;
                vec![
                    "--console=plain".into(),
                    "--quiet".into(),
                    "--init-script".into(),
                    script.display().to_string(),
                    format!("-Dlfn.dependencies={into_shown}"),
                    "lfnDependencies".into(),
                ]
            }
        };
        tool.run(source, arguments, []).await?;
        Ok(())
    }

    /// Where it leaves archives.
    fn archives(self, source: &Path) -> Vec<PathBuf> {
        match self {
            Self::Maven => vec![source.join("target")],
            // `distributions` has what the `buildZip` task of Lambda's examples makes.
            Self::Gradle => vec![
                source.join("build").join("libs"),
                source.join("build").join("distributions"),
            ],
        }
    }

    /// Where it compiles to: what a jar has beyond this came from dependencies.
    fn classes(self, source: &Path) -> Vec<PathBuf> {
        match self {
            Self::Maven => vec![source.join("target").join("classes")],
            Self::Gradle => {
                let languages = source.join("build").join("classes");
                let names = names_in(&languages).into_iter();
                names.map(|language| languages.join(language).join("main")).collect()
            }
        }
    }

    /// Whether the project's file says that there are dependencies.
    fn names_dependencies(self, source: &Path) -> bool {
        let (files, sign) = match self {
            Self::Maven => (["pom.xml", "pom.xml"], "<dependency>"),
            Self::Gradle => (["build.gradle", "build.gradle.kts"], "implementation"),
        };
        let text = |file| fs::read_to_string(source.join(file)).unwrap_or_default();
        files.into_iter().any(|file| text(file).contains(sign))
    }

    fn to_bring_dependencies(self) -> &'static str {
        match self {
            Self::Maven => {
                "build a fat jar with the shade plugin, or add `dependency:copy-dependencies -DincludeScope=runtime` to \
                 `package.build`"
            }
            Self::Gradle => "build a fat jar with the shadow plugin, or copy the jars into `build/dependencies`",
        }
    }

    /// Where projects often have their dependencies copied.
    fn usual_dependencies(self, source: &Path) -> Option<PathBuf> {
        let folders = match self {
            Self::Maven => ["target/dependency", "target/lib", "target/libs"],
            Self::Gradle => ["build/dependencies", "build/lib", "build/libs/lib"],
        };
        folders
            .iter()
            .map(|folder| source.join(folder))
            .find(|folder| folder.is_dir())
    }
}

/// Whether the folder holds a jar that some other tool built, and nothing that lies where Lambda looks.
pub fn is_a_jar_alone(names: &[String]) -> bool {
    let placed = |name: &String| name == "lib" || name.ends_with(".class");
    names.iter().any(|name| name.ends_with(".jar")) && !names.iter().any(placed)
}

/// Builds the jar, or places the one that lies there.
pub async fn build(request: &Request<'_>) -> anyhow::Result<Built> {
    let source = absolute(request.source);
    let Some(build_tool) = Tool::of(&names_in(&source)) else {
        let found = jar::find(&[source], &request.config.handler)?;
        return match Task::of(request) {
            Task::Look => Ok(found.map(|archive| as_it_lies(&archive, None)).unwrap_or_default()),
            Task::Build | Task::Place => match found {
                Some(archive) => place(request, archive, None).await,
                None => Ok(Built::default()),
            },
        };
    };
    match Task::of(request) {
        Task::Build => {
            let tool = build_tool.find(request)?;
            (request.tell)(&format!("building with `{}`", build_tool.command()));
            build_tool.build(&tool, &source).await?;
            let archives = build_tool.archives(&source);
            let Some(archive) = jar::find(&archives, &request.config.handler)? else {
                return Err(nothing_built(build_tool, &archives));
            };
            let mut dependencies = None;
            if is_thin(&archive, build_tool, &source)? {
                (request.tell)("collecting the jars it needs");
                let folder = emptied(outputs(request).join("dependencies"))?;
                build_tool.copy_dependencies(&tool, &source, &folder).await?;
                dependencies = Some(folder);
            }
            place(request, archive, dependencies).await
        }
        Task::Place => {
            let Some(archive) = jar::find(&build_tool.archives(&source), &request.config.handler)? else {
                let looked_for = "jars in `target`, or in `build/libs` and `build/distributions`";
                return placed(request, None, "jar", looked_for);
            };
            let thin = is_thin(&archive, build_tool, &source)?;
            let dependencies = build_tool.usual_dependencies(&source).filter(|_| thin);
            let alone = thin && dependencies.is_none() && build_tool.names_dependencies(&source);
            let name = archive.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let mut built = place(request, archive, dependencies).await?;
            if alone {
                built.notes.push(Note {
                    message: format!("`{name}` brings none of the dependencies that the project names"),
                    hint: build_tool.to_bring_dependencies().into(),
                });
            }
            Ok(built)
        }
        Task::Look => {
            let archive = jar::find(&build_tool.archives(&source), &request.config.handler)?;
            let lying = archive.map(|archive| as_it_lies(&archive, build_tool.usual_dependencies(&source)));
            Ok(looked(request, lying, build_tool.command()))
        }
    }
}

fn nothing_built(tool: Tool, archives: &[PathBuf]) -> anyhow::Error {
    let folders: Vec<String> = archives
        .iter()
        .map(|folder| format!("`{}`", folder.display()))
        .collect();
    Problem::failed(format!("`{}` made no jar in {}", tool.command(), folders.join(" or ")))
        .hint("point `package.source` at the module of the function")
        .hint(WAYS_OUT)
        .into()
}

/// Whether a jar holds nothing but what was compiled here.
fn is_thin(archive: &Path, tool: Tool, source: &Path) -> anyhow::Result<bool> {
    if is_distribution(archive) {
        return Ok(false);
    }
    let folders = tool.classes(source);
    let own = |class: &String| folders.iter().any(|folder| folder.join(class).is_file());
    Ok(jar::classes(archive)?.iter().all(own))
}

/// A ZIP for Lambda, laid out already.
fn is_distribution(archive: &Path) -> bool {
    archive.extension().is_some_and(|end| end == "zip")
}

/// What would be packaged, without writing anything.
fn as_it_lies(archive: &Path, dependencies: Option<PathBuf>) -> Built {
    if is_distribution(archive) {
        return only(Vec::new());
    }
    let mut trees = vec![Tree::file(archive, in_lib(archive))];
    trees.extend(dependencies.map(|folder| Tree::new(folder, "lib/")));
    only(trees)
}

/// Puts the parts where Lambda looks for them.
async fn place(request: &Request<'_>, archive: PathBuf, dependencies: Option<PathBuf>) -> anyhow::Result<Built> {
    let folder = emptied(outputs(request).join("jar"))?;
    let unpack = is_distribution(&archive);
    let name = in_lib(&archive);
    let into = if unpack { folder.clone() } else { folder.join("own.jar") };
    let written = into.clone();
    let write = move || {
        if unpack {
            jar::unpack(&archive, &written)
        } else {
            jar::rewrite(&archive, &written)
        }
    };
    tokio::task::spawn_blocking(write)
        .await
        .expect("copying a jar does not panic")?;
    let mut trees = vec![if unpack {
        Tree::new(into, "")
    } else {
        Tree::file(into, name)
    }];
    trees.extend(dependencies.map(|folder| Tree::new(folder, "lib/")));
    Ok(only(trees))
}

fn in_lib(jar: &Path) -> String {
    format!("lib/{}", jar.file_name().unwrap_or_default().to_string_lossy())
}
