//! What a command works with: settings, streams, the project, and the chosen target.
//!
//! The one place that chooses between AWS and the embedded Lambda.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use anyhow::Context as _;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::build::{Cache, Tools};
use crate::domain::arn::{Arn, Place};
use crate::domain::config::{self, Config, Finding, Inputs, Loaded, Severity};
use crate::domain::names::{AliasName, FunctionName, Region};
use crate::domain::package::{self, Ingredients, SourcePart, Store};
use crate::engine::release::Mover;
use crate::engine::wait::Stop;
use crate::error::Problem;
use crate::ports::{Caller, Cloud, ErrorKind, PortError};
use crate::runner::Unpacked;
use crate::settings::{self, Settings};
use crate::ui::github::Annotation;
use crate::ui::{Ui, style};
use crate::{aws, local};

/// The name of the file that describes a function.
pub const FILE: &str = "lambda.yaml";

/// What was being done when nobody told whose the credentials are.
const WHOSE: &str = "could not find out which account the credentials are for";

/// The region the embedded Lambda uses when none is given.
const LOCAL_REGION: &str = "us-east-1";

/// Everything a command is given besides its own flags.
pub struct Ctx {
    pub settings: Settings,
    pub ui: Arc<Ui>,
    pub stop: Stop,
    /// A target of the caller's own, in place of AWS or the embedded Lambda.
    pub given: Option<Cloud>,
    pub shared: Arc<Shared>,
}

/// What the functions of one run have in common.
pub struct Shared {
    connections: aws::Connections,
    /// Who may package now: as many at a time as there are cores.
    packaging: Semaphore,
}

impl Default for Shared {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self {
            connections: aws::Connections::default(),
            packaging: Semaphore::new(cores),
        }
    }
}

/// A folder with a readable lambda.yaml.
pub struct Project {
    pub dir: PathBuf,
    text: String,
    /// The file as far as it can be known offline; account and region may be stand-ins.
    pub offline: Config,
}

/// A project together with the account and region it is for.
pub struct Target {
    pub cloud: Cloud,
    pub caller: Caller,
    pub config: Config,
}

/// A function to act on, from the command line or from lambda.yaml.
pub struct Subject {
    pub cloud: Cloud,
    pub name: FunctionName,
    /// The alias that deploys move.
    pub alias: AliasName,
    /// Who lfn is there, where that was asked for lambda.yaml's sake.
    pub caller: Option<Caller>,
    /// What lambda.yaml says, where it is about this function.
    pub config: Option<Config>,
}

impl Project {
    /// The folder with the code.
    pub fn source(&self) -> PathBuf {
        // Without the `.` of the default in the middle of it.
        self.dir.join(&self.offline.package.source).components().collect()
    }
}

impl Ctx {
    /// The same for a function in another folder, whose lines begin with a name when it is one of several.
    #[must_use]
    pub fn in_folder(&self, dir: PathBuf, ui: Arc<Ui>) -> Self {
        Self {
            settings: Settings {
                dir,
                ..self.settings.clone()
            },
            ui,
            stop: self.stop.clone(),
            given: self.given.clone(),
            shared: Arc::clone(&self.shared),
        }
    }

    /// Waits for leave to package, which holds until it is dropped.
    pub async fn packaging(&self) -> SemaphorePermit<'_> {
        let permit = self.shared.packaging.acquire().await;
        permit.expect("nobody closes it")
    }

    /// The folder to work in.
    pub fn dir(&self) -> &Path {
        &self.settings.dir
    }

    /// Refuses a folder that is not there, so that nobody works in an empty one by a slip of the pen.
    pub fn refuse_missing_dir(&self) -> anyhow::Result<()> {
        let dir = self.dir();
        if dir.is_dir() {
            return Ok(());
        }
        Err(Problem::failed(format!("there is no folder `{}`", dir.display()))
            .hint("name the folder of the function with `-C DIR`, or make it with `lfn init DIR`")
            .into())
    }

    /// A path as the person wrote it, from the folder to work in.
    pub fn at(&self, path: impl AsRef<Path>) -> PathBuf {
        // `./lambda.yaml` says no more than `lambda.yaml`.
        if self.dir() == Path::new(".") {
            path.as_ref().to_path_buf()
        } else {
            self.dir().join(path)
        }
    }

    /// Where what can be made again is kept. Without a home folder, in the project.
    pub fn cache(&self) -> Cache {
        Cache::new(self.cache_folder())
    }

    fn cache_folder(&self) -> PathBuf {
        let usual = || settings::user_cache().map_or_else(|| self.at(".lfn/cache"), |cache| cache.join("lfn"));
        self.settings.cache_dir.clone().unwrap_or_else(usual)
    }

    /// Keeps the cache out of the archive when it lies in the source folder, as pipelines like to have it.
    pub fn without_cache(&self, source: &Path, mut ingredients: Ingredients) -> Ingredients {
        if let SourcePart::Whole { replaced } = &mut ingredients.source
            && let (Ok(cache), Ok(source)) = (self.cache_folder().canonicalize(), source.canonicalize())
            && let Ok(inside) = cache.strip_prefix(source)
        {
            replaced.push(package::pattern(inside));
        }
        ingredients
    }

    /// What is kept of the archive before. Asked for before any of its files is looked at.
    pub fn store(&self) -> Store {
        Store::open(self.cache().root(), self.dir(), "function", SystemTime::now())
    }

    /// The machine's own programs.
    pub fn tools(&self) -> Tools {
        Tools::new(settings::path())
    }

    /// Reads and checks lambda.yaml. Warnings are shown; all errors are reported at once.
    pub fn project(&self) -> anyhow::Result<Project> {
        let dir = self.dir().to_path_buf();
        let text = self.read_file()?;
        let offline = self.load(&text, None, true)?;
        Ok(Project { dir, text, offline })
    }

    /// The text of lambda.yaml.
    pub fn read_file(&self) -> anyhow::Result<String> {
        let path = self.at(FILE);
        // Reading a FIFO would wait for a writer.
        if path.metadata().is_ok_and(|metadata| !metadata.is_file()) {
            let problem = Problem::failed(format!("could not read `{}`: it is not a file", path.display()));
            return Err(problem
                .hint("make one with `lfn init`, or name the folder of the function with `-C DIR`")
                .into());
        }
        std::fs::read_to_string(&path).map_err(|error| {
            let problem = Problem::failed(format!("could not read `{}`", path.display()));
            let problem = if error.kind() == std::io::ErrorKind::NotFound {
                problem.hint("make one with `lfn init`, or name the folder of the function with `-C DIR`")
            } else {
                problem
            };
            problem.caused_by(error).into()
        })
    }

    /// Puts another text into lambda.yaml, at once and whole. `before` is the text that the other was made
    /// of: what somebody wrote since is not lost.
    pub fn replace_file(&self, before: &str, after: &str) -> anyhow::Result<()> {
        let failed = || format!("could not write `{}`", self.at(FILE).display());
        if self.read_file()? != before {
            let why = format!("{}: it has changed meanwhile", failed());
            return Err(Problem::failed(why).hint("run the command again").into());
        }
        // Behind a symbolic link, it is the file that changes and not the link.
        let path = self.at(FILE).canonicalize().with_context(failed)?;
        let permissions = path.metadata().with_context(failed)?.permissions();
        if permissions.readonly() {
            let why = format!("{}: it may not be written to", failed());
            return Err(Problem::failed(why)
                .hint("make it writable, or add the lines by hand")
                .into());
        }
        let folder = path.parent().unwrap_or(Path::new("."));
        let write = || -> std::io::Result<()> {
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            file.write_all(after.as_bytes())?;
            file.as_file().set_permissions(permissions)?;
            file.as_file().sync_all()?;
            file.persist(&path)?;
            Ok(())
        };
        write().with_context(failed)
    }

    /// Reads a text of lambda.yaml for a place; warnings are shown when they are asked for.
    pub fn load(&self, text: &str, place: Option<&Place>, warn: bool) -> anyhow::Result<Config> {
        let loaded = self.loaded(text, place);
        for finding in &loaded.findings {
            if warn || finding.severity == Severity::Error {
                self.finding(finding, text);
            }
        }
        let errors = loaded
            .findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error);
        let file = self.file_shown();
        let places: Vec<String> = errors
            .map(|finding| format!("{file}:{}:{}: {}", finding.line, finding.column, finding.message))
            .collect();
        loaded.config.ok_or_else(|| {
            let message = format!("{FILE} has {}", style::count(places.len(), "error"));
            Problem::failed(message).told(places).into()
        })
    }

    /// How lambda.yaml is called in findings: one of several files is named whole.
    fn file_shown(&self) -> String {
        match self.ui.name() {
            Some(_) => self.at(FILE).display().to_string(),
            None => FILE.to_owned(),
        }
    }

    /// Shows a finding about lambda.yaml.
    pub fn finding(&self, finding: &Finding, text: &str) {
        self.ui.finding(finding, &self.file_shown(), text);
        self.ui.annotate(&Annotation {
            severity: finding.severity,
            file: &self.at(FILE),
            line: Some(finding.line),
            title: FILE,
            message: &finding.message,
        });
    }

    /// What is wrong with a text of lambda.yaml, without showing it.
    pub fn errors(&self, text: &str) -> Vec<String> {
        let findings = self.loaded(text, None).findings.into_iter();
        let errors = findings.filter(|finding| finding.severity == Severity::Error);
        errors.map(|finding| finding.message).collect()
    }

    fn loaded(&self, text: &str, place: Option<&Place>) -> Loaded {
        let inputs = Inputs {
            stage: self.settings.stage.as_ref(),
            place,
            env: &settings::env,
        };
        config::load(text, &inputs)
    }

    /// Connects to the target, asks who lfn is there, and checks the guards of the file.
    pub async fn target(&self, project: &Project) -> anyhow::Result<Target> {
        let cloud = self.connect(project.offline.region.as_ref()).await?;
        let caller = cloud.identity.caller().await.context(WHOSE)?;
        self.target_of(project, cloud, caller)
    }

    /// AWS as a function that runs on this machine reaches it with the caller's credentials; the inner error
    /// says why there are none.
    pub async fn beyond(&self, project: &Project) -> anyhow::Result<Result<Target, PortError>> {
        let there = self.with_local(false);
        let default = Region::new(LOCAL_REGION).expect("a valid region");
        let cloud = there
            .connect(Some(project.offline.region.as_ref().unwrap_or(&default)))
            .await?;
        match cloud.identity.caller().await {
            Ok(caller) => there.target_of(project, cloud, caller).map(Ok),
            Err(error) if error.kind == ErrorKind::Credentials => Ok(Err(error)),
            Err(error) => Err(error).context(WHOSE),
        }
    }

    fn target_of(&self, project: &Project, cloud: Cloud, caller: Caller) -> anyhow::Result<Target> {
        let Place { account, region, .. } = &caller.place;
        self.ui
            .detail(format_args!("  account {account}, {region}, as {}", caller.arn));
        let config = self.load(&project.text, Some(&caller.place), false)?;
        if !self.settings.local {
            check_guards(&config, &caller)?;
        }
        Ok(Target { cloud, caller, config })
    }

    /// The function named on the command line, else the one of lambda.yaml.
    pub async fn subject(&self, function: Option<&FunctionName>) -> anyhow::Result<Subject> {
        if let Some(name) = function {
            let cloud = self.connect(self.file_region().as_ref()).await?;
            let alias = AliasName::new("live").expect("a valid alias");
            return Ok(Subject {
                cloud,
                name: name.clone(),
                alias,
                caller: None,
                config: self.own_file(name),
            });
        }
        let Target { cloud, caller, config } = self.target(&self.project()?).await?;
        Ok(Subject {
            cloud,
            name: config.name.clone(),
            alias: config.release.alias.clone(),
            caller: Some(caller),
            config: Some(config),
        })
    }

    /// Who lfn is and what it works from, for the ledger. `caller` where it is known already; a target that
    /// does not tell is no reason not to move an alias.
    pub async fn mover(&self, cloud: &Cloud, caller: Option<&Caller>, because: Option<&String>) -> Mover {
        let asked = match caller {
            Some(_) => None,
            None => cloud.identity.caller().await.ok(),
        };
        let who = caller
            .or(asked.as_ref())
            .map(|caller| caller.arn.as_str())
            .unwrap_or_default();
        Mover {
            who: who.parse::<Arn>().map_or_else(|_| who.to_owned(), |arn| arn.resource),
            commit: None,
            because: because.cloned(),
        }
    }

    /// The region of lambda.yaml, when there is one that says.
    pub fn file_region(&self) -> Option<Region> {
        self.file()?.region
    }

    /// What lambda.yaml says, when it is about the function of this name.
    fn own_file(&self, name: &FunctionName) -> Option<Config> {
        self.file().filter(|config| config.name == *name)
    }

    /// What lambda.yaml says, when there is one. Its mistakes are another command's business.
    pub fn file(&self) -> Option<Config> {
        self.loaded(&self.read_file().ok()?, None).config
    }

    /// The chosen target. `fallback` is the region of the file, used when nothing else names one.
    pub async fn connect(&self, fallback: Option<&Region>) -> anyhow::Result<Cloud> {
        if let Some(cloud) = &self.given {
            return Ok(cloud.clone());
        }
        let region = self.settings.region.clone();
        if self.settings.local {
            let default = || Region::new(LOCAL_REGION).expect("a valid region");
            let region = region.or_else(|| fallback.cloned()).unwrap_or_else(default);
            let root = self.at(".lfn").join("local");
            return local::open(root.clone(), region).with_context(|| format!("could not open `{}`", root.display()));
        }
        let options = aws::ConnectOptions {
            profile: self.settings.profile.clone(),
            region,
            fallback_region: fallback.cloned(),
            rate: self.settings.rate,
            timeout: self.settings.call_timeout,
            observer: self.ui.verbose().then(|| self.observer()),
            ..aws::ConnectOptions::default()
        };
        // Large, and a part of nearly every command.
        Ok(Box::pin(self.shared.connections.connect(options)).await?)
    }

    /// The same, with the embedded Lambda as the target.
    #[must_use]
    pub fn on_this_machine(&self) -> Self {
        self.with_local(true)
    }

    fn with_local(&self, local: bool) -> Self {
        Self {
            settings: Settings {
                local,
                ..self.settings.clone()
            },
            ui: Arc::clone(&self.ui),
            stop: self.stop.clone(),
            given: self.given.clone(),
            shared: Arc::clone(&self.shared),
        }
    }

    /// The files of layers that were published on this machine; `None` when there are no layers.
    pub fn local_layers(&self, region: &Region, layers: &[Arn]) -> anyhow::Result<Option<Unpacked>> {
        let root = self.at(".lfn").join("local");
        local::layers(root, region.clone(), layers).context("could not unpack the function's layers")
    }

    /// Shows every call (`-v`). Nobody knows which of several functions it is for.
    fn observer(&self) -> aws::CallObserver {
        let ui = self.ui.nameless();
        Arc::new(move |call| trace(&ui, call))
    }
}

fn trace(ui: &Ui, call: &aws::Call) {
    let status = call
        .status
        .map_or_else(|| "no answer".into(), |status| status.to_string());
    let again = if call.attempt > 1 {
        format!(", attempt {}", call.attempt)
    } else {
        String::new()
    };
    ui.detail(format_args!(
        "  {} {}  {status}  {} ms{again}",
        call.service, call.operation, call.milliseconds
    ));
}

fn check_guards(config: &Config, caller: &Caller) -> anyhow::Result<()> {
    let place = &caller.place;
    if let Some(account) = &config.account
        && *account != place.account
    {
        let message = format!(
            "{FILE} is for account {account}, and the credentials are for account {}",
            place.account
        );
        return Err(Problem::failed(message)
            .hint("choose other credentials with `--profile`, or another `--stage`")
            .into());
    }
    if let Some(region) = &config.region
        && *region != place.region
    {
        let message = format!(
            "{FILE} is for region {region}, and the command is for region {}",
            place.region
        );
        return Err(Problem::failed(message)
            .hint(format!("pass `--region {region}`, or choose another `--stage`"))
            .into());
    }
    Ok(())
}
