//! Java, .NET and Ruby, which run through the clients that AWS publishes. Their registries are out of reach of the
//! tests, so stand-ins take the clients' places, under the same names: they speak the Runtime API and tell how they were started.
//! What is proven is lfn's part: what is found where, the command, the paths, the environment.

use std::fs;
use std::path::Path;
use std::process::Command;

use lfn::runner::{Host, Pool, Unpacked, Unrunnable};
use serde_json::json;
use tempfile::TempDir;

use super::bench::{call, event, json, pool_of, settings, write};

fn path() -> String {
    std::env::var("PATH").unwrap()
}

/// The home folder of somebody who has these files in it.
fn home(files: &[(&str, &str)]) -> TempDir {
    let home = tempfile::tempdir().unwrap();
    write(home.path(), files);
    home
}

fn unpacked(files: &[(&str, &str)]) -> Unpacked {
    let folder = Unpacked::new().unwrap();
    write(folder.path(), files);
    folder
}

/// Why the pool does not run.
async fn refused(pool: &Pool) -> String {
    match pool.invoke(&event("1")).await {
        Err(error @ (Unrunnable::MissingInterpreter { .. } | Unrunnable::MissingClient { .. })) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

// ---- Java ----

/// In the place of AWS's client: calls `Class::method`, which takes and gives a text.
const JAVA_CLIENT: &str = r#"
package com.amazonaws.services.lambda.runtime.api.client;
import java.net.URI;
import java.net.http.*;
public class AWSLambda {
  public static void main(String[] arguments) throws Exception {
    String[] handler = arguments[0].split("::");
    var method = Class.forName(handler[0]).getMethod(handler[1], String.class);
    var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    String base = "http://" + System.getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/invocation/";
    while (true) {
      var event = client.send(HttpRequest.newBuilder(URI.create(base + "next")).build(), HttpResponse.BodyHandlers.ofString());
      String id = event.headers().firstValue("Lambda-Runtime-Aws-Request-Id").get();
      String answer = (String) method.invoke(null, event.body());
      var post = HttpRequest.newBuilder(URI.create(base + id + "/response")).POST(HttpRequest.BodyPublishers.ofString(answer));
      client.send(post.build(), HttpResponse.BodyHandlers.discarding());
    }
  }
}
"#;

const JAVA_HANDLER: &str = r#"
package shop;
public class Handler {
  public static String handle(String event) {
    long megabytes = Runtime.getRuntime().maxMemory() / 1024 / 1024;
    String collector = java.lang.management.ManagementFactory.getGarbageCollectorMXBeans().get(0).getName();
    return String.format("{\"event\": %s, \"who\": \"%s %s\", \"heap\": %b, \"collector\": \"%s\", \"handler\": \"%s\", \"env\": \"%s\"}",
        event, Own.NAME, Layer.NAME, megabytes > 300 && megabytes < 512, collector, System.getenv("_HANDLER"), System.getenv("AWS_EXECUTION_ENV"));
  }
}
"#;

/// Compiles Java files into a folder of classes.
fn javac(sources: &[(&str, &str)]) -> TempDir {
    let folder = home(sources);
    let output = Command::new("javac")
        .arg("-d")
        .arg(folder.path().join("classes"))
        .args(sources.iter().map(|(name, _)| folder.path().join(name)))
        .output()
        .expect("a JDK is installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    folder
}

/// Packs one class of those.
fn jar(classes: &Path, class: &str, to: &Path) {
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    let status = Command::new("jar")
        .arg("cf")
        .arg(to)
        .arg("-C")
        .arg(classes)
        .arg(class)
        .status();
    assert!(status.expect("a JDK is installed").success());
}

#[tokio::test]
async fn java_runs_through_the_client_in_mavens_repository() {
    let name = |name: &str, is: &str| {
        format!("package shop; public class {name} {{ public static final String NAME = new String(\"{is}\"); }}")
    };
    let sources = [
        ("AWSLambda.java", JAVA_CLIENT),
        ("Handler.java", JAVA_HANDLER),
        ("Own.java", &name("Own", "own")),
        ("Layer.java", &name("Layer", "layer")),
    ];
    let built = javac(&sources);
    let classes = built.path().join("classes");
    let client = "com/amazonaws/services/lambda/runtime/api/client/AWSLambda.class";

    // The class at the root, a jar in `lib`, a jar of a layer.
    let function = || {
        let (code, layers) = (unpacked(&[]), unpacked(&[]));
        fs::create_dir(code.path().join("shop")).unwrap();
        fs::copy(
            classes.join("shop/Handler.class"),
            code.path().join("shop/Handler.class"),
        )
        .unwrap();
        jar(&classes, "shop/Own.class", &code.path().join("lib/own.jar"));
        jar(&classes, "shop/Layer.class", &layers.path().join("java/lib/layer.jar"));
        (code, Some(layers))
    };
    let pool = |home: &Path, (code, layers)| {
        let host = Host::new(path()).with_home(home);
        pool_of(host, settings("java17", "shop.Handler::handle"), code, layers)
    };
    let repository = ".m2/repository/com/amazonaws/aws-lambda-java-runtime-interface-client";
    let home = home(&[(&format!("{repository}/2.9.0/nothing"), "")]);
    let none = refused(&pool(home.path(), function())).await;
    assert_eq!(
        none,
        "the runtime `java17` runs here through AWS's runtime client, `aws-lambda-java-runtime-interface-client`, which is neither among the \
         function's files nor on this machine; run `mvn dependency:get -Dartifact=com.amazonaws:aws-lambda-java-runtime-interface-client:RELEASE` \
         and try again"
    );
    let expected = json!({"event": {"n": 1}, "who": "own layer", "heap": true, "collector": "Copy", "handler": "shop.Handler::handle", "env": "AWS_Lambda_java17"});
    let installed = home
        .path()
        .join(repository)
        .join("2.10.1/aws-lambda-java-runtime-interface-client-2.10.1.jar");
    jar(&classes, client, &installed);
    let outcome = call(&pool(home.path(), function()), r#"{"n": 1}"#).await;
    assert_eq!(json(&outcome), expected, "{}", outcome.log);

    // Whoever brings the client along needs none on the machine.
    fs::remove_dir_all(home.path().join(".m2")).unwrap();
    let (code, layers) = function();
    jar(
        &classes,
        client,
        &code
            .path()
            .join("lib/aws-lambda-java-runtime-interface-client-2.9.0.jar"),
    );
    let outcome = call(&pool(home.path(), (code, layers)), r#"{"n": 1}"#).await;
    assert_eq!(json(&outcome), expected, "{}", outcome.log);
}

// ---- Ruby ----

/// In the place of AWS's gem.
const RUBY_CLIENT: &str = r"
require 'json'
require 'net/http'
module AwsLambdaRIC
  class Bootstrap
    def start
      file, name = ENV['_HANDLER'].split('.')
      require File.join(Dir.pwd, file)
      Net::HTTP.start(*ENV['AWS_LAMBDA_RUNTIME_API'].split(':')) do |api|
        api.read_timeout = nil
        base = '/2018-06-01/runtime/invocation/'
        loop do
          event = api.get(base + 'next')
          answer = method(name).call(event: JSON.parse(event.body), context: event['Lambda-Runtime-Aws-Request-Id'])
          api.post(base + event['Lambda-Runtime-Aws-Request-Id'] + '/response', JSON.generate(answer))
        end
      end
    end
  end
end
";

const RUBY_GEM: &str = "Gem::Specification.new { |gem| gem.name = 'aws_lambda_ric'; gem.version = '3.1.3'; gem.summary = 'x'; gem.authors = ['x'] }";

const RUBY_HANDLER: &str = "
require 'greeting'
def handle(event:, context:)
  { event: event, greeting: GREETING, gems: Gem.path.first(2).map { |path| path[/(files|vendor).*/] }, env: ENV['AWS_EXECUTION_ENV'] }
end
";

#[tokio::test]
async fn ruby_runs_through_the_gem_of_the_function_or_of_the_machine() {
    let layers = || {
        Some(unpacked(&[
            ("ruby/lib/greeting.rb", "GREETING = 'from a layer'"),
            ("ruby/gems/3.4.0/x", ""),
        ]))
    };
    let pool = |host: Host, files: &[(&str, &str)]| {
        pool_of(host, settings("ruby3.4", "app.handle"), unpacked(files), layers())
    };
    let app = ("app.rb", RUBY_HANDLER);
    let expected = json!({
        "event": {"n": 1}, "greeting": "from a layer", "env": "AWS_Lambda_ruby3.4",
        "gems": ["files/vendor/bundle/ruby/3.4.0", "files/ruby/gems/3.4.0"],
    });

    let own = (
        "vendor/bundle/ruby/3.4.0/gems/aws_lambda_ric-3.1.3/lib/aws_lambda_ric.rb",
        RUBY_CLIENT,
    );
    let outcome = call(&pool(Host::new(path()), &[app, own]), r#"{"n": 1}"#).await;
    assert_eq!(json(&outcome), expected, "{}", outcome.log);

    let none = refused(&pool(Host::new(path()), &[app])).await;
    assert!(
        none.contains("`aws_lambda_ric`, which is neither") && none.contains("run `gem install aws_lambda_ric`"),
        "{none}"
    );

    // A version manager's program, which knows where the gems are, stands before the system's.
    let gems = home(&[
        ("specifications/aws_lambda_ric-3.1.3.gemspec", RUBY_GEM),
        ("gems/aws_lambda_ric-3.1.3/lib/aws_lambda_ric.rb", RUBY_CLIENT),
    ]);
    let shims = home(&[]);
    let shim = format!(
        "#!/bin/sh\nPATH='{}' GEM_PATH='{}' exec ruby \"$@\"\n",
        path(),
        gems.path().display()
    );
    write(shims.path(), &[("ruby", &shim)]);
    let host = Host::new(format!("{}:{}", shims.path().display(), path()));
    let outcome = call(&pool(host, &[app]), r#"{"n": 1}"#).await;
    assert_eq!(json(&outcome), expected, "{}", outcome.log);
}

// ---- .NET ----

/// In the place of `dotnet`: there is none in Debian. It answers calls with its own arguments.
const DOTNET: &str = r#"#!/bin/sh
[ "$1" = --list-runtimes ] && { echo 'Microsoft.NETCore.App 8.0.1 [/usr/share/dotnet]'; exit 0; }
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
while :; do
  id=$(curl -sS -o /dev/null -D - "$api/next" | grep -i '^lambda-runtime-aws-request-id' | tr -d '\r' | cut -d' ' -f2)
  jq -cn '$ARGS.positional' --args -- "$@" | curl -sS -o /dev/null "$api/$id/response" -d @- || exit 1
done
"#;

#[tokio::test]
async fn dotnet_runs_assemblies_through_the_client_of_awss_test_tool() {
    let bin = home(&[("dotnet", DOTNET)]);
    let host = Host::new(format!("{}:{}", bin.path().display(), path()));
    let store = ".dotnet/tools/.store/amazon.lambda.testtool";
    let content = |version: &str, file: &str| {
        format!("{store}/{version}/amazon.lambda.testtool/{version}/content/Amazon.Lambda.RuntimeSupport/{file}")
    };
    let newest = content("0.12.0", "net8.0/Amazon.Lambda.RuntimeSupport.TestTool.dll");
    let home = home(&[
        (&content("0.9.1", "net8.0/Amazon.Lambda.RuntimeSupport.dll"), ""),
        (&newest, ""),
        (
            &content("0.13.0", "net10.0/Amazon.Lambda.RuntimeSupport.TestTool.dll"),
            "",
        ),
    ]);
    let started = async |host: &Host, handler: &str, files: &[(&str, &str)]| {
        let code = unpacked(files);
        let folder = code.path().display().to_string();
        let pool = pool_of(host.clone(), settings("dotnet8", handler), code, None);
        let arguments: Vec<String> = serde_json::from_value(json(&call(&pool, "1").await)).unwrap();
        arguments
            .iter()
            .map(|argument| argument.replace(&folder, "CODE"))
            .collect::<Vec<_>>()
    };
    let described = [
        ("Shop.deps.json", "{}"),
        ("Shop.runtimeconfig.json", "{}"),
        ("Shop.dll", ""),
    ];
    let found = host.clone().with_home(home.path());
    let client = home.path().join(&newest).display().to_string();
    for handler in ["Shop::Shop.Function::Handle", "Other::Shop.Function::Handle"] {
        assert_eq!(
            started(&found, handler, &described).await,
            [
                "exec",
                "--depsfile",
                "CODE/Shop.deps.json",
                "--runtimeconfig",
                "CODE/Shop.runtimeconfig.json",
                &client,
                handler
            ]
        );
    }
    // Top-level statements have the client in themselves.
    assert_eq!(started(&host, "Shop", &described).await, ["exec", "CODE/Shop.dll"]);
    assert_eq!(
        started(&host, "Shop", &[("Shop", DOTNET)]).await,
        <[String; 0]>::default()
    );

    let pool = pool_of(
        host,
        settings("dotnet8", "Shop::Shop.Function::Handle"),
        unpacked(&described),
        None,
    );
    let none = refused(&pool).await;
    assert!(
        none.contains("`Amazon.Lambda.RuntimeSupport`, which")
            && none.contains("run `dotnet tool install -g amazon.lambda.testtool`"),
        "{none}"
    );
}

#[tokio::test]
async fn whoever_lacks_the_interpreter_is_told_which() {
    let nothing = tempfile::tempdir().unwrap();
    for (runtime, what) in [
        (
            "java21",
            "needs `java`, and none was found on PATH; install Java 21 and",
        ),
        (
            "ruby3.4",
            "needs `ruby`, and none was found on PATH; install Ruby 3.4 (https://www.ruby-lang.org)",
        ),
        (
            "dotnet10",
            "needs `dotnet`, and none was found on PATH; install .NET 10 (https://dotnet.microsoft.com)",
        ),
    ] {
        let host = Host::new(nothing.path());
        let refused = refused(&pool_of(host, settings(runtime, "x"), unpacked(&[]), None)).await;
        assert!(refused.contains(what), "{refused}");
    }
}
