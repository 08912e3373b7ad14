//! Node.js: dependencies by lock file, and bundling.
//!
//! The project's own `node_modules` is taken when it is just what npm's lock file says; else the package
//! manager installs into the cache, from copies of the few files it reads. Either way only what the function
//! reaches at run time enters the archive, laid out in one `node_modules` without links.

mod bundle;
mod install;
mod own;
mod project;
mod stage;
mod tree;

use anyhow::Context as _;

use self::project::Project;
use super::{Built, Effort, Note, Request};
use crate::domain::config::{Dependencies, Manager};
use crate::domain::package::node::{Choice, Flavor, Platform, Undecided, choose};
use crate::domain::package::{Ingredients, SourcePart, Tree};
use crate::error::Problem;

/// The pattern of what the trees bring instead.
const OWN_FOLDER: &str = "/node_modules/";

/// What comes besides the source files.
#[derive(Debug, Default)]
struct Wanted {
    trees: Vec<Tree>,
    /// Patterns of what stays out of the source folder.
    replaced: Vec<String>,
    pending: Vec<String>,
    notes: Vec<Note>,
}

/// Returns what the project brings besides its source files.
pub async fn build(request: &Request<'_>) -> anyhow::Result<Built> {
    let runtime = &request.config.runtime;
    if !runtime.as_str().starts_with("nodejs") {
        return Err(Problem::failed(format!(
            "`package.dependencies` names a Node.js tool, and the runtime is `{runtime}`"
        ))
        .hint("use a Node.js runtime or `package.dependencies: auto`; `none` packages what lies there")
        .into());
    }
    let project = Project::find(request.source, request.project)?;
    if let Some(options) = &request.config.package.bundle {
        return bundle::build(request, project.as_ref(), options).await;
    }
    let Some(project) = project else {
        return Ok(Built::default());
    };
    let wanted = dependencies(request, &project, None).await?;
    Ok(Built {
        ingredients: Ingredients {
            source: SourcePart::Whole {
                replaced: wanted.replaced,
            },
            trees: wanted.trees,
        },
        pending: wanted.pending,
        notes: wanted.notes,
        ..Built::default()
    })
}

/// The project's production dependencies, or of these only the named ones with what they need.
async fn dependencies(request: &Request<'_>, project: &Project, only: Option<&[String]>) -> anyhow::Result<Wanted> {
    if !project.manifest.has_dependencies() {
        // What lies in `node_modules` by a lock file is then for development.
        let replaced = if project.lock_files.is_empty() {
            Vec::new()
        } else {
            vec![OWN_FOLDER.to_owned()]
        };
        return Ok(Wanted {
            replaced,
            ..Wanted::default()
        });
    }
    let asked = match request.config.package.dependencies {
        Dependencies::By(manager) => Some(manager),
        Dependencies::Auto | Dependencies::None => None,
    };
    let choice = match choose(&project.lock_files, asked, project.declared_manager()) {
        Ok(choice) => choice,
        Err(undecided) => return without_lock_file(project, undecided),
    };
    let path = project.root.join(choice.lock_file);
    let lock = std::fs::read(&path).with_context(|| format!("could not read `{}`", path.display()))?;
    let flavor = Flavor::of(choice, &lock);
    let platform = Platform::of(request.config.architecture);
    if flavor == Flavor::Npm {
        own::check(project, choice.lock_file, &lock, request.effort)?;
    }
    if flavor == Flavor::Npm
        && let Some(wanted) = own::take(request, project, &lock, (platform, only))?
    {
        return Ok(wanted);
    }
    installed(request, project, (choice, flavor), (platform, only)).await
}

/// Installs into the cache, unless that was done before.
async fn installed(
    request: &Request<'_>,
    project: &Project,
    (choice, flavor): (Choice, Flavor),
    (platform, only): (Platform, Option<&[String]>),
) -> anyhow::Result<Wanted> {
    let command = install::command(flavor, platform, project);
    let pending = || Wanted {
        replaced: vec![OWN_FOLDER.to_owned()],
        pending: vec![command.shown()],
        ..Wanted::default()
    };
    let Some(tool) = request.tools.find(flavor.program()) else {
        if request.effort == Effort::Look {
            return Ok(pending());
        }
        return Err(missing_tool(choice, flavor));
    };
    let staged = stage::collect(project, choice)?;
    let key = staged
        .key()
        .with("edition", install::EDITION)
        .with("tool", install::identity(&tool))
        .with("command", command.shown())
        .with("runtime", request.config.runtime.as_str())
        .with("platform", format!("{platform:?}"))
        .with("only", only.map(|names| names.join(" ")).unwrap_or_default());
    let folder = match (request.cache.folder("node", &key), request.effort) {
        (Some(folder), _) => folder,
        (None, Effort::Look) => return Ok(pending()),
        (None, Effort::Make) => {
            (request.tell)(&format!(
                "installing dependencies for {}: {}",
                request.config.architecture,
                command.shown()
            ));
            let make = |folder| install::install(tool, command, &staged, project, folder, (platform, only));
            request.cache.folder_or_make("node", &key, make).await?
        }
    };
    let contents = tree::Contents::read(&folder)?;
    let mut trees = contents.members(&staged.base);
    let installed = folder.join("node_modules");
    if installed.is_dir() {
        trees.insert(0, Tree::new(installed, "node_modules/"));
    }
    let notes = contents.note().into_iter().collect();
    Ok(Wanted {
        trees,
        replaced: vec![OWN_FOLDER.to_owned()],
        pending: Vec::new(),
        notes,
    })
}

fn without_lock_file(project: &Project, undecided: Undecided) -> anyhow::Result<Wanted> {
    let shown = project.root.display();
    let problem = match undecided {
        Undecided::Several(files) => {
            let files: Vec<String> = files.iter().map(|file| format!("`{file}`")).collect();
            Problem::failed(format!("`{shown}` has lock files of several package managers: {}", files.join(", ")))
                .hint("remove those that are not used, name the manager in `packageManager` of package.json, or in `package.dependencies`")
        }
        Undecided::NoLockFile(Some(manager)) => {
            let (name, file) = words(manager);
            Problem::failed(format!(
                "`package.dependencies` says {name}, and `{shown}` has no `{file}`"
            ))
            .hint(format!(
                "make it with `{name} install`, or name the manager whose lock file is there"
            ))
        }
        Undecided::NoLockFile(None) if project.has_node_modules() => {
            return Ok(Wanted {
                notes: vec![Note {
                    message: format!("`{shown}` has no lock file, so `node_modules` is packaged as it lies"),
                    hint: "make one, for example with `npm install --package-lock-only`, so that development packages stay out; \
                           `package.dependencies: none` takes what lies there without a word"
                        .into(),
                }],
                ..Wanted::default()
            });
        }
        Undecided::NoLockFile(None) => Problem::failed(format!(
            "package.json names dependencies, and `{shown}` has neither a lock file nor `node_modules`"
        ))
        .hint("make a lock file, for example with `npm install --package-lock-only`")
        .hint("if the runtime or a layer brings them, write `package: { dependencies: none }`"),
    };
    Err(problem.into())
}

/// A manager's name, and the lock file that is asked for.
fn words(manager: Manager) -> (&'static str, &'static str) {
    match manager {
        Manager::Pnpm => ("pnpm", "pnpm-lock.yaml"),
        Manager::Yarn => ("yarn", "yarn.lock"),
        Manager::Bun => ("bun", "bun.lock"),
        Manager::Npm | Manager::Pip | Manager::Uv | Manager::Poetry | Manager::Pipenv => ("npm", "package-lock.json"),
    }
}

fn missing_tool(choice: Choice, flavor: Flavor) -> anyhow::Error {
    let name = flavor.program();
    let how = match flavor {
        Flavor::Npm => "it comes with Node.js",
        Flavor::Pnpm => "install it with `npm install --global pnpm`, or turn on Corepack: `corepack enable pnpm`",
        Flavor::YarnClassic => {
            "install it with `npm install --global yarn`, or turn on Corepack: `corepack enable yarn`"
        }
        Flavor::YarnBerry => {
            "turn on Corepack: `corepack enable yarn`, or install it with `npm install --global @yarnpkg/cli-dist`"
        }
        Flavor::Bun => "install it with `npm install --global bun`",
    };
    let message = format!("`{}` asks for {name}, which is not on the PATH", choice.lock_file);
    Problem::failed(message).hint(how).into()
}
