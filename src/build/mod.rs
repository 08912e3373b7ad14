//! From a project to the ingredients of an archive: dependencies are installed by their lock file for the
//! target platform, programs are built by their language's own tool.
//!
//! Nothing is written into the user's folders but what the user's own build tool writes there anyway
//! (`target/`, `build/`). What is installed goes into lfn's cache, keyed by all it depends on.
//!
//! One module a language. Each looks at the project, says whether it is its business, and returns
//! [`Ingredients`]; running tools, and the cache, are in one place each.

mod cache;
mod changed;
mod commit;
mod compiled;
mod node;
mod python;
mod tool;

use std::path::Path;

use crate::domain::config::{Config, Dependencies, Manager};
use crate::domain::package::Ingredients;

pub use cache::Cache;
pub use changed::{Changed, changed_since};
pub use commit::commit;
pub use tool::Tools;

/// What a build is given.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    pub config: &'a Config,
    /// The folder of lambda.yaml.
    pub project: &'a Path,
    /// The source folder, `package.source`.
    pub source: &'a Path,
    pub cache: &'a Cache,
    pub tools: &'a Tools,
    pub effort: Effort,
    /// Told what is in hand, for a person.
    pub tell: &'a (dyn Fn(&str) + Sync),
}

/// How far a build may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// Run what is needed.
    Make,
    /// Run nothing: only what lies there or in the cache counts.
    Look,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Built {
    pub ingredients: Ingredients,
    /// With [`Effort::Look`]: what a deploy would run first, such as `npm ci`. Empty when nothing is missing.
    pub pending: Vec<String>,
    /// Whether what is pending makes the handler's file for certain, as a bundle does.
    pub makes_handler: bool,
    /// Things to tell the user, such as a lock file that is missing: a sentence and the next move.
    pub notes: Vec<Note>,
}

/// A remark about the build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    pub message: String,
    pub hint: String,
}

/// Installs or builds what `package.dependencies` and the project's files ask for.
pub async fn build(request: &Request<'_>) -> anyhow::Result<Built> {
    if request.config.package.bundle.is_some() {
        return Box::pin(node::build(request)).await;
    }
    match request.config.package.dependencies {
        Dependencies::None => Ok(Built::default()),
        Dependencies::By(Manager::Npm | Manager::Pnpm | Manager::Yarn | Manager::Bun) => {
            Box::pin(node::build(request)).await
        }
        Dependencies::By(Manager::Pip | Manager::Uv | Manager::Poetry | Manager::Pipenv) => {
            python::build(request).await
        }
        Dependencies::Auto => {
            let runtime = request.config.runtime.as_str();
            if runtime.starts_with("nodejs") {
                Box::pin(node::build(request)).await
            } else if runtime.starts_with("python") {
                python::build(request).await
            } else {
                compiled::build(request).await
            }
        }
    }
}
