//! What the AWS SDKs for Go and the standard library give: clients, inputs, environment variables.

use crate::domain::suggest::syntax::{Evaluator, Instance, Known, Origin, Sdk, SdkCall, any, formatted, separated};

/// Go's libraries.
pub struct GoSdk;

/// Methods of clients that are no operations.
const NOT_OPERATIONS: &[&str] = &["Options", "String", "NewRequest", "AddDebugHandlers"];

impl Sdk for GoSdk {
    fn function(&self, _: &Evaluator<'_>, path: &str, arguments: &[Known], _: Origin) -> Known {
        let (package, name) = path.rsplit_once("::").unwrap_or(("", path));
        if service_of(package).is_some() {
            return made_by(package, name);
        }
        match (package, name) {
            ("os", "Getenv") => arguments.first().map_or(Known::Unknown, Known::environment),
            ("os", "LookupEnv") => Known::Tuple(vec![
                arguments.first().map_or(Known::Unknown, Known::environment),
                Known::Unknown,
            ]),
            ("fmt", "Sprintf") => formatted(arguments),
            ("fmt", "Sprint") | ("path" | "path/filepath", "Join") => {
                let separator = if package == "fmt" { "" } else { "/" };
                separated(arguments, separator)
            }
            ("strings", "Join") => match arguments {
                [Known::List(parts), separator] => match separator.as_literal() {
                    Some(separator) => separated(parts, &separator),
                    None => Known::Unknown,
                },
                _ => Known::Unknown,
            },
            ("strings", "TrimSpace" | "Clone") | ("", "string") | ("sync", "OnceValue" | "OnceValues") => {
                first(arguments)
            }
            ("cmp", "Or") => any(arguments.iter().cloned()),
            ("", "append") => appended(arguments),
            ("github.com/aws/aws-secretsmanager-caching-go/secretcache", "New") => {
                Known::instance(format!("{package}::Cache"))
            }
            // aws.String, aws.ToString, lo.ToPtr, ptr.To and many like them.
            _ if package.ends_with("/aws") || matches!(name, "ToPtr" | "To" | "Ptr" | "Pointer" | "Must") => {
                first(arguments)
            }
            _ => Known::Unknown,
        }
    }

    fn method(&self, _: &Evaluator<'_>, _: &Known, _: &str, _: &[Known], _: Origin) -> Known {
        Known::Unknown
    }

    fn changed(&self, _: &Evaluator<'_>, _: &Known, _: &str, _: &[Known]) -> Option<Known> {
        None
    }

    fn call(&self, _: &Evaluator<'_>, receiver: Option<&Known>, name: &str, arguments: &[Known]) -> Vec<SdkCall> {
        let Some(receiver) = receiver else {
            // Paginators take the input when they are made.
            let Some((package, _)) = name.rsplit_once("::") else {
                return Vec::new();
            };
            return match service_of(package) {
                Some(_) => inputs(arguments).into_iter().map(|input| input.call(None)).collect(),
                None => Vec::new(),
            };
        };
        let path = match receiver {
            Known::Instance(instance) => instance.path.as_str(),
            _ => "",
        };
        if path.ends_with("/secretcache::Cache") && name.starts_with("GetSecret") {
            return secret(arguments);
        }
        let (package, kind) = path.rsplit_once("::").unwrap_or(("", path));
        let service = service_of(package);
        let found: Vec<SdkCall> = inputs(arguments)
            .into_iter()
            .filter(|input| service.is_some() || input.is_of(name))
            .map(|input| input.call(transfer(name, &input.operation)))
            .collect();
        match service {
            Some(service) if found.is_empty() && is_client(kind) && is_operation(name) => vec![SdkCall {
                service: service.to_owned(),
                operation: operation(name).to_owned(),
                arguments: Vec::new(),
                origin: None,
            }],
            _ => found,
        }
    }

    fn is_wrapper(&self, _: &str) -> bool {
        false
    }

    fn is_list(&self, path: &str) -> bool {
        path == "[]"
    }
}

/// The input of an operation, by its type: `s3.GetObjectInput`.
struct Input<'k> {
    service: &'k str,
    operation: String,
    instance: &'k Instance,
}

impl Input<'_> {
    /// Whether a method of this name takes it: that of an interface which stands for a client.
    fn is_of(&self, method: &str) -> bool {
        let method = method.strip_prefix("Presign").unwrap_or(method);
        method.starts_with(&self.operation)
            || method == "Wait"
            || method.starts_with("WaitUntil")
            || transfer(method, &self.operation).is_some()
    }

    fn call(&self, transfer: Option<&str>) -> SdkCall {
        SdkCall {
            service: self.service.to_owned(),
            operation: transfer.unwrap_or(&self.operation).to_owned(),
            arguments: self.instance.arguments(),
            origin: None,
        }
    }
}

fn inputs(arguments: &[Known]) -> Vec<Input<'_>> {
    arguments
        .iter()
        .flat_map(Known::alternatives)
        .filter_map(|argument| {
            let Known::Instance(instance) = argument else {
                return None;
            };
            let (package, kind) = instance.path.rsplit_once("::")?;
            Some(Input {
                service: service_of(package)?,
                operation: kind
                    .strip_suffix("Input")
                    .filter(|operation| !operation.is_empty())?
                    .to_owned(),
                instance,
            })
        })
        .collect()
}

/// The operation of a manager that moves objects in parts.
fn transfer(method: &str, operation: &str) -> Option<&'static str> {
    match operation {
        "PutObject" | "Upload" | "UploadObject" if method.starts_with("Upload") && method != "UploadPart" => {
            Some("Upload")
        }
        "GetObject" | "Download" | "DownloadObject" if method.starts_with("Download") => Some("Download"),
        _ => None,
    }
}

/// The service of a package: `github.com/aws/aws-sdk-go-v2/service/s3`, or a part of one, such as
/// `github.com/aws/aws-sdk-go/service/s3/s3manager` and `github.com/aws/aws-sdk-go-v2/feature/s3/manager`.
fn service_of(package: &str) -> Option<&str> {
    let rest = package.strip_prefix("github.com/aws/aws-sdk-go")?;
    let rest = rest.strip_prefix("-v2").unwrap_or(rest);
    if let Some(feature) = rest.strip_prefix("/feature/s3/") {
        return matches!(feature, "manager" | "transfermanager").then_some("s3");
    }
    let service = rest.strip_prefix("/service/")?;
    let (service, inner) = service.split_once('/').unwrap_or((service, ""));
    // Types of an operation's parts stand apart from operations.
    (inner != "types").then_some(service)
}

/// What a function of a service's package makes.
fn made_by(package: &str, name: &str) -> Known {
    match name {
        "New" | "NewFromConfig" => Known::instance(format!("{package}::Client")),
        _ => match name.strip_prefix("New") {
            Some(kind) => {
                let kind = kind.strip_suffix("WithClient").unwrap_or(kind);
                Known::instance(format!("{package}::{kind}"))
            }
            None => Known::Unknown,
        },
    }
}

/// Whether a type of a service's package is a client: `Client`, `PresignClient`, `S3`, `S3API`.
fn is_client(kind: &str) -> bool {
    let others = [
        "Paginator",
        "Waiter",
        "Uploader",
        "Downloader",
        "Input",
        "Output",
        "Request",
        "Options",
    ];
    !others.iter().any(|other| kind.ends_with(other))
}

fn is_operation(method: &str) -> bool {
    method.starts_with(char::is_uppercase) && !NOT_OPERATIONS.contains(&method) && !method.starts_with("WaitUntil")
}

/// The operation behind the variants of a method.
fn operation(method: &str) -> &str {
    let method = method.strip_prefix("Presign").unwrap_or(method);
    let method = method.strip_suffix("WithContext").unwrap_or(method);
    let method = method.strip_suffix("Pages").unwrap_or(method);
    method.strip_suffix("Request").unwrap_or(method)
}

fn secret(arguments: &[Known]) -> Vec<SdkCall> {
    let id = arguments.iter().find(|argument| matches!(argument, Known::Text(_)));
    ["GetSecretValue", "DescribeSecret"]
        .map(|operation| SdkCall {
            service: "secretsmanager".to_owned(),
            operation: operation.to_owned(),
            arguments: id.iter().map(|id| ("SecretId".to_owned(), id.to_value())).collect(),
            origin: None,
        })
        .to_vec()
}

fn first(arguments: &[Known]) -> Known {
    arguments.first().cloned().unwrap_or(Known::Unknown)
}

fn appended(arguments: &[Known]) -> Known {
    let mut items = Vec::new();
    for (at, argument) in arguments.iter().enumerate() {
        match argument {
            Known::List(more) => items.extend(more.iter().cloned()),
            Known::Nothing => {}
            item if at > 0 => items.push(item.clone()),
            _ => {}
        }
    }
    Known::List(items)
}
