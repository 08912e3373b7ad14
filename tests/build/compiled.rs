//! Rust is built for real. The other languages' tools are stand-ins that write down what they were told and
//! make what the real ones make.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use lfn::build::{Built, Cache, Effort, Request, Tools, build};
use lfn::domain::config::{self, Config, Inputs};
use lfn::domain::package;
use lfn::error::Problem;
use tempfile::TempDir;

/// A project with a cache and tools of its own.
struct Bench {
    root: TempDir,
    config: Config,
    path: String,
}

impl Bench {
    /// `yaml` is what follows the function's name, `thumbs`.
    fn new(yaml: &str, files: &[(&str, &str)]) -> Self {
        let root = tempfile::tempdir().unwrap();
        let inputs = Inputs {
            stage: None,
            place: None,
            env: &|_| None,
        };
        let loaded = config::load(&format!("name: thumbs\n{yaml}\n"), &inputs);
        let config = loaded.config.unwrap_or_else(|| panic!("{:?}", loaded.findings));
        let path = root.path().join("bin").display().to_string();
        let bench = Self { root, config, path };
        fs::create_dir_all(bench.at("bin")).unwrap();
        fs::create_dir_all(bench.source()).unwrap();
        for (name, text) in files {
            bench.write(name, text);
        }
        bench
    }

    fn at(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    fn source(&self) -> PathBuf {
        self.at("project")
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.source().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        if text.starts_with("#!") {
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
    }

    /// Adds a stand-in: a shell script that first writes its arguments into a log.
    fn tool(self, name: &str, script: &str) -> Self {
        self.write(&format!("../bin/{name}"), &self.script(name, script));
        self
    }

    fn script(&self, name: &str, script: &str) -> String {
        let log = self.at("log").display().to_string();
        format!("#!/bin/sh\nPATH=/usr/bin:/bin\necho {name} \"$@\" >> '{log}'\n{script}\n")
    }

    /// What was run, with short names for this bench's own folders.
    fn log(&self) -> Vec<String> {
        let text = fs::read_to_string(self.at("log")).unwrap_or_default();
        text.lines().map(|line| self.shortened(line)).collect()
    }

    fn shortened(&self, text: &str) -> String {
        let root = self.root.path().canonicalize().unwrap().display().to_string();
        let text = text
            .replace(&self.root.path().display().to_string(), "")
            .replace(&root, "");
        let words = text
            .split(' ')
            .map(|word| match word.split_once("/cache/v1/programs/") {
                Some((before, after)) => format!("{before}CACHE/{}", after.split_once('/').unwrap_or_default().1),
                None => word.to_owned(),
            });
        words.collect::<Vec<_>>().join(" ")
    }

    async fn run(&self, effort: Effort) -> anyhow::Result<Built> {
        build(&Request {
            config: &self.config,
            project: &self.source(),
            source: &self.source(),
            cache: &Cache::new(self.at("cache")),
            tools: &Tools::new(&self.path),
            effort,
            tell: &|_| (),
        })
        .await
    }

    async fn make(&self) -> Built {
        self.run(Effort::Make).await.unwrap()
    }

    /// The message of the failure, and the hints below it.
    async fn failure(&self) -> (String, String) {
        let error = self.run(Effort::Make).await.unwrap_err();
        let problem = error.downcast::<Problem>().unwrap();
        (self.shortened(&problem.to_string()), problem.hints().join("\n"))
    }

    /// The names in the archive and the text of each; a star marks what is executable.
    fn archive(&self, built: &Built) -> Vec<String> {
        let selection = package::select(&self.source(), &self.config.package, &built.ingredients).unwrap();
        let line = |file: &package::SelectedFile| {
            let star = if file.executable { "*" } else { "" };
            let text = String::from_utf8_lossy(&fs::read(&file.path).unwrap())
                .trim()
                .to_owned();
            format!("{}{star}: {text}", file.name)
        };
        selection.files.iter().map(line).collect()
    }
}

const ECHO: &str = "runtime: provided.al2023\nhandler: bootstrap";
const ECHO_ARM: &str = "runtime: provided.al2023\nhandler: bootstrap\narchitecture: arm64";

#[tokio::test]
async fn a_rust_program_is_built_by_cargo_and_enters_alone() {
    let manifest = "[package]\nname = \"lfn-test-thumbs\"\nversion = \"0.1.0\"\nedition = \"2021\"\n";
    let files = [
        ("Cargo.toml", manifest),
        ("src/main.rs", "fn main() {}"),
        ("templates/mail.txt", "hello"),
    ];
    let mut bench = Bench::new(&format!("{ECHO}\npackage: {{ include: [templates/] }}"), &files);
    // The processor of this machine, whichever it is.
    if cfg!(target_arch = "aarch64") {
        bench.config.architecture = lfn::domain::function::Architecture::Arm64;
    }
    let toolchain = Path::new(env!("CARGO")).parent().unwrap();
    bench.path = format!("{}:/usr/bin:/bin", toolchain.display());
    let built = bench.make().await;
    let selection = package::select(&bench.source(), &bench.config.package, &built.ingredients).unwrap();
    let names: Vec<(&str, bool)> = selection
        .files
        .iter()
        .map(|file| (file.name.as_str(), file.executable))
        .collect();
    assert_eq!(names, [("bootstrap", true), ("templates/mail.txt", false)]);
    assert!(fs::read(&selection.files[0].path).unwrap().starts_with(b"\x7fELF"));

    bench.write("src/main.rs", "fn main() { nonsense }");
    let (message, _) = bench.failure().await;
    assert!(message.contains("cannot find value `nonsense`"), "{message}");
}

/// Stand-ins for cargo and rustc, with these targets installed.
fn with_rust(bench: Bench, binaries: &[&str], targets: &[&str]) -> Bench {
    let source = bench.source().canonicalize().unwrap().display().to_string();
    let targets_of_package: Vec<_> = binaries
        .iter()
        .map(|name| serde_json::json!({"name": name, "kind": ["bin"]}))
        .collect();
    let metadata = serde_json::json!({
        "packages": [{"manifest_path": format!("{source}/Cargo.toml"), "default_run": null, "targets": targets_of_package}],
        "target_directory": format!("{source}/target"),
        "workspace_root": source,
    });
    for target in targets {
        fs::create_dir_all(bench.at("sysroot/lib/rustlib").join(target).join("lib")).unwrap();
    }
    let sysroot = bench.at("sysroot").display().to_string();
    let cargo = format!(
        "case $1 in\n\
         metadata) echo '{metadata}';;\n\
         build) mkdir -p target/$6/release; echo by cargo > target/$6/release/$4;;\n\
         lambda) mkdir -p $8/$5; mkdir -p target/lambda/$5; echo by cargo lambda > target/lambda/$5/bootstrap;;\n\
         esac"
    );
    bench.tool("cargo", &cargo).tool(
        "rustc",
        &format!("case $1 in -vV) echo 'host: x86_64-unknown-linux-gnu';; *) echo '{sysroot}';; esac"),
    )
}

#[tokio::test]
async fn cargo_builds_for_a_target_that_runs_in_lambda() {
    let manifest = [("Cargo.toml", "")];
    let locked = [("Cargo.toml", ""), ("Cargo.lock", "")];
    for (files, targets, expected) in [
        (
            &manifest[..],
            &["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-musl"][..],
            "cargo build --release --bin app --target aarch64-unknown-linux-musl",
        ),
        (
            &locked[..],
            &["aarch64-unknown-linux-gnu"][..],
            "cargo build --release --bin app --target aarch64-unknown-linux-gnu --locked",
        ),
    ] {
        let bench = with_rust(Bench::new(ECHO_ARM, files), &["app"], targets);
        let built = bench.make().await;
        assert_eq!(bench.archive(&built), ["bootstrap*: by cargo"]);
        assert_eq!(bench.log().last().unwrap(), expected);
    }
    let bench = with_rust(Bench::new(ECHO_ARM, &manifest), &["app"], &["x86_64-unknown-linux-gnu"]);
    let (message, hints) = bench.failure().await;
    assert_eq!(
        message,
        "this machine's Rust (x86_64-unknown-linux-gnu) cannot build for arm64 Linux"
    );
    for hint in [
        "`rustup target add aarch64-unknown-linux-musl`",
        "cargo-lambda",
        "`package.build`",
        "`package.dependencies: none`",
    ] {
        assert!(hints.contains(hint), "{hint} in {hints}");
    }
}

#[tokio::test]
async fn cargo_lambda_builds_for_the_runtimes_glibc_when_it_is_there() {
    for (runtime, glibc) in [("provided.al2023", "2.34"), ("provided.al2", "2.26")] {
        let yaml = format!("runtime: {runtime}\nhandler: bootstrap\narchitecture: arm64");
        let bench = with_rust(Bench::new(&yaml, &[("Cargo.toml", "")]), &["app"], &[]).tool("cargo-lambda", "");
        let built = bench.make().await;
        assert_eq!(bench.archive(&built), ["bootstrap*: by cargo lambda"]);
        assert_eq!(
            bench.log().last().unwrap(),
            &format!(
                "cargo lambda build --release --bin app --target aarch64-unknown-linux-gnu.{glibc} --lambda-dir \
                 /project/target/lambda"
            )
        );
    }
}

#[tokio::test]
async fn of_several_programs_the_one_that_is_named_is_built() {
    const TARGET: &[&str] = &["x86_64-unknown-linux-musl"];
    for (handler, binaries, expected) in [
        ("bootstrap", &["other", "thumbs"][..], Some("thumbs")),
        ("other", &["other", "thumbs"], Some("other")),
        ("main.handler", &["only"], Some("only")),
        ("bootstrap", &["one", "two"], None),
    ] {
        let yaml = format!("runtime: provided.al2023\nhandler: {handler}");
        let bench = with_rust(Bench::new(&yaml, &[("Cargo.toml", "")]), binaries, TARGET);
        if let Some(expected) = expected {
            bench.make().await;
            assert!(
                bench.log().last().unwrap().contains(&format!("--bin {expected} ")),
                "{handler}"
            );
        } else {
            let (message, hints) = bench.failure().await;
            assert_eq!(
                message,
                "the project in `/project` has several programs, and none is called `thumbs`: `one`, `two`"
            );
            assert!(hints.contains("`handler`"));
        }
    }
}

#[tokio::test]
async fn go_is_built_static_for_lambdas_system() {
    let go = |packages: &str| {
        format!(
            "echo $GOOS $GOARCH cgo $CGO_ENABLED >> \"${{0%/bin/go}}/log\"\n\
             case $1 in\n\
             list) printf '{packages}';;\n\
             build) shift 5; mkdir -p $(dirname $1); echo by go > $1;;\n\
             esac"
        )
    };
    let files = [("go.mod", ""), ("main.go", "")];
    let bench = Bench::new(ECHO_ARM, &files);
    let source = bench.source().display().to_string();
    let packages = format!("shop\\t{source}\\nshop/cmd/tool\\t{source}/cmd/tool\\n");
    let bench = bench.tool("go", &go(&packages));
    let built = bench.make().await;
    assert_eq!(bench.archive(&built), ["bootstrap*: by go"]);
    assert_eq!(
        bench.log(),
        [
            "go list -find -f {{if eq .Name \"main\"}}{{.ImportPath}}\t{{.Dir}}{{end}} ./...",
            "linux arm64 cgo 0",
            "go build -trimpath -buildvcs=false -ldflags=-s -w -o CACHE/bootstrap shop",
            "linux arm64 cgo 0",
        ]
    );
    assert_eq!(
        bench.archive(&bench.run(Effort::Look).await.unwrap()),
        ["bootstrap*: by go"]
    );

    let bench = Bench::new(ECHO, &files).tool("go", &go("shop/cmd/a\\t/a\\nshop/cmd/thumbs/v2\\t/x/thumbs\\n"));
    bench.make().await;
    let log = bench.log();
    assert!(
        log[2].ends_with(" shop/cmd/thumbs/v2") && log[3] == "linux amd64 cgo 0",
        "{log:?}"
    );
}

/// A stand-in that makes a jar with these classes, and copies one dependency.
fn jar_tool(bench: &Bench, folder: &str, classes: &[&str]) -> String {
    let mut zip = zip::ZipWriter::new(fs::File::create(bench.at("made.jar")).unwrap());
    for class in classes {
        zip.start_file(*class, zip::write::SimpleFileOptions::default())
            .unwrap();
    }
    zip.finish().unwrap();
    let made = bench.at("made.jar").display().to_string();
    format!(
        "case \"$*\" in\n\
         *ependencies*) for a in \"$@\"; do case $a in -D*=/*) into=${{a#*=}};; esac; done\n\
         mkdir -p $into; echo a dependency > $into/needed-2.0.jar;;\n\
         *) mkdir -p {folder} target/classes/shop build/classes/kotlin/main/shop\n\
         touch target/classes/shop/Orders.class build/classes/kotlin/main/shop/Orders.class\n\
         cp '{made}' {folder}/orders-1.0.jar;;\n\
         esac"
    )
}

fn names(archive: &[String]) -> Vec<&str> {
    archive.iter().filter_map(|line| line.split(": ").next()).collect()
}

const JAVA: &str = "runtime: java21\nhandler: shop.Orders::handle";

#[tokio::test]
async fn a_jar_goes_into_lib_with_what_it_needs() {
    const THIN: &[&str] = &["META-INF/MANIFEST.MF", "shop/Orders.class"];
    const FAT: &[&str] = &["META-INF/MANIFEST.MF", "shop/Orders.class", "needed/A.class"];
    for (project_file, folder, wrapper, classes, expected, commands) in [
        (
            "pom.xml",
            "target",
            None,
            THIN,
            &["lib/needed-2.0.jar", "lib/orders-1.0.jar"][..],
            &[
                "mvn --batch-mode --quiet -DskipTests package",
                "mvn --batch-mode --quiet dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory=CACHE/dependencies",
            ][..],
        ),
        (
            "pom.xml",
            "target",
            Some("mvnw"),
            FAT,
            &["lib/orders-1.0.jar"],
            &["mvnw --batch-mode --quiet -DskipTests package"],
        ),
        (
            "build.gradle.kts",
            "build/libs",
            Some("gradlew"),
            THIN,
            &["lib/needed-2.0.jar", "lib/orders-1.0.jar"],
            &[
                "gradlew --console=plain --quiet build -x test",
                "gradlew --console=plain --quiet --init-script CACHE/dependencies.gradle -Dlfn.dependencies=CACHE/dependencies \
                 lfnDependencies",
            ],
        ),
    ] {
        let bench = Bench::new(JAVA, &[(project_file, ""), ("src/Orders.java", "")]);
        let script = jar_tool(&bench, folder, classes);
        let bench = match wrapper {
            Some(name) => {
                bench.write(name, &bench.script(name, &script));
                bench
            }
            None => bench.tool("mvn", &script),
        };
        let built = bench.make().await;
        assert_eq!(names(&bench.archive(&built)), expected, "{project_file}");
        assert_eq!(bench.log(), commands, "{project_file}");
    }
}

#[tokio::test]
async fn dotnet_is_published_without_leftovers() {
    let publish = "while [ $1 != --output ]; do shift; done\n\
         echo dll > $2/Shop.dll; echo program > $2/Shop; echo symbols > $2/Shop.dbg";
    let managed = "runtime: dotnet10\nhandler: Shop::Shop.Orders::Handle\narchitecture: arm64";
    for (yaml, expected, command) in [
        (
            managed,
            &["Shop: program", "Shop.dbg: symbols", "Shop.dll: dll"][..],
            "--runtime linux-arm64 --self-contained false",
        ),
        (
            ECHO,
            &["Shop.dll: dll", "bootstrap*: program"],
            "--runtime linux-x64 --self-contained true",
        ),
    ] {
        let bench = Bench::new(yaml, &[("Shop.csproj", ""), ("Orders.cs", "")]).tool("dotnet", publish);
        let built = bench.make().await;
        // What an earlier version of the project needed.
        let folder = built.ingredients.trees.last().unwrap().folder.clone();
        fs::write(folder.join("Old.dll"), "").unwrap();
        let built = bench.make().await;
        assert_eq!(bench.archive(&built), expected);
        assert_eq!(
            bench.log()[0],
            format!(
                "dotnet publish Shop.csproj --configuration Release {command} --output CACHE/publish \
                 -p:GenerateRuntimeConfigurationFiles=true --nologo"
            )
        );
    }
}

const RUBY: &str = "runtime: ruby3.4\nhandler: app.handler";

#[tokio::test]
async fn a_bundle_is_installed_once_and_enters_as_vendor_bundle() {
    let install = |extension: &str| {
        format!(
            "echo $BUNDLE_FROZEN $BUNDLE_WITHOUT >> \"${{0%/bin/bundle}}/log\"\n\
             cd $BUNDLE_PATH; mkdir -p ruby/3.3.0/gems/a-1/lib ruby/3.3.0/cache ruby/3.3.0/extensions/x {extension}\n\
             echo gem > ruby/3.3.0/gems/a-1/lib/a.rb; echo download > ruby/3.3.0/cache/a-1.gem"
        )
    };
    let files = [
        ("Gemfile", "gem 'a'"),
        ("Gemfile.lock", "a (1)"),
        ("app.rb", "code"),
        ("vendor/bundle/ruby/3.2.0/old.rb", "of this machine"),
        (".bundle/config", "settings"),
    ];
    let bench = Bench::new(RUBY, &files).tool("bundle", &install(""));
    assert_eq!(bench.run(Effort::Look).await.unwrap().pending, ["bundle install"]);
    let built = bench.make().await;
    let expected = [
        ".bundle/config: settings",
        "Gemfile: gem 'a'",
        "Gemfile.lock: a (1)",
        "app.rb: code",
        "vendor/bundle/ruby/3.4.0/gems/a-1/lib/a.rb: gem",
    ];
    assert_eq!(bench.archive(&built), expected);
    let looked = bench.run(Effort::Look).await.unwrap();
    assert_eq!(
        (looked.pending.len(), bench.archive(&looked)),
        (0, expected.map(str::to_owned).into())
    );
    bench.make().await;
    assert_eq!(bench.log(), ["bundle install", "true development:test"]);

    let bench = Bench::new(RUBY, &files).tool("bundle", &install("; touch ruby/3.3.0/extensions/x/built"));
    let (message, _) = bench.failure().await;
    assert_eq!(
        message,
        "gems were compiled for Ruby 3.3.0 here, and the function runs on `ruby3.4`"
    );

    let bench = Bench::new(RUBY, &[("Gemfile", ""), ("app.rb", "")]);
    assert_eq!(
        bench.make().await.notes[0].message,
        "`Gemfile` has no `Gemfile.lock` beside it, so its gems are not packaged"
    );
}

#[tokio::test]
async fn what_the_projects_own_build_made_is_only_placed() {
    let own = "package: { build: make }";
    let dotnet = "runtime: dotnet10\nhandler: Shop::Shop.Orders::Handle";
    for (yaml, project_file, made, expected) in [
        (ECHO, "Cargo.toml", "target/lambda/thumbs/bootstrap", "bootstrap*"),
        (
            ECHO,
            "Cargo.toml",
            "target/x86_64-unknown-linux-musl/release/thumbs",
            "bootstrap*",
        ),
        (ECHO, "Cargo.toml", "target/release/thumbs", "bootstrap*"),
        (ECHO, "Cargo.toml", "bootstrap", "bootstrap*"),
        (ECHO, "go.mod", "bin/thumbs", "bootstrap*"),
        (ECHO, "go.mod", "dist/bootstrap", "bootstrap*"),
        (
            ECHO,
            "Shop.csproj",
            "bin/Release/net10.0/linux-x64/publish/Shop",
            "bootstrap*",
        ),
        (
            dotnet,
            "Shop.csproj",
            "bin/Release/net10.0/linux-x64/publish/Shop.dll",
            "Shop.dll",
        ),
        (dotnet, "Shop.csproj", "publish/Shop.dll", "Shop.dll"),
        (RUBY, "Gemfile", "vendor/bundle/a.rb", "Gemfile vendor/bundle/a.rb"),
    ] {
        let bench = Bench::new(&format!("{yaml}\n{own}"), &[(project_file, ""), (made, "made")]);
        let built = bench.make().await;
        assert_eq!(names(&bench.archive(&built)).join(" "), expected, "{made}");
        let looked = bench.run(Effort::Look).await.unwrap();
        assert_eq!(
            (looked.ingredients, looked.pending),
            (built.ingredients, vec![]),
            "{made}"
        );
    }
    for (yaml, project_file) in [
        (ECHO, "Cargo.toml"),
        (ECHO, "go.mod"),
        (JAVA, "pom.xml"),
        (dotnet, "Shop.csproj"),
    ] {
        let bench = Bench::new(&format!("{yaml}\n{own}"), &[(project_file, "")]);
        let (message, hints) = bench.failure().await;
        assert!(message.starts_with("`package.build` left no "), "{message}");
        assert!(
            hints.contains("looked for ") && hints.contains("`package.dependencies: none`"),
            "{hints}"
        );
    }
}

#[tokio::test]
async fn without_its_tool_nothing_is_built_and_the_ways_out_are_named() {
    let dotnet = "runtime: dotnet10\nhandler: Shop::Shop.Orders::Handle";
    for (yaml, project_file, tool) in [
        (ECHO, "Cargo.toml", "cargo"),
        (ECHO, "main.go", "go"),
        (JAVA, "pom.xml", "mvn"),
        (JAVA, "build.gradle", "gradle"),
        (dotnet, "Shop.fsproj", "dotnet"),
        (RUBY, "Gemfile.lock", "bundle"),
    ] {
        let bench = Bench::new(yaml, &[(project_file, ""), ("Gemfile", "")]);
        let (message, hints) = bench.failure().await;
        assert_eq!(
            message,
            format!("building `thumbs` needs `{tool}`, which is not on the PATH")
        );
        assert!(
            hints.contains("install") && hints.contains("`package.build`"),
            "{hints}"
        );
        let looked = bench.run(Effort::Look).await.unwrap();
        assert_eq!(looked.pending.len(), 1, "{project_file}");
    }
}

#[tokio::test]
async fn a_folder_without_a_project_is_packaged_as_it_lies() {
    for (yaml, files, expected) in [
        (ECHO, &["bootstrap", "data.txt"][..], &["bootstrap*", "data.txt"][..]),
        (
            JAVA,
            &["lib/app.jar", "shop/Orders.class"],
            &["lib/app.jar", "shop/Orders.class"],
        ),
        (RUBY, &["app.rb"], &["app.rb"]),
        ("runtime: dotnet10\nhandler: A::B::C", &["A.dll"], &["A.dll"]),
    ] {
        let files: Vec<(&str, &str)> = files.iter().map(|name| (*name, "")).collect();
        let bench = Bench::new(yaml, &files);
        assert_eq!(names(&bench.archive(&bench.make().await)), expected);
    }
}
