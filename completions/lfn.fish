# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_lfn_global_optspecs
    string join \n stage= profile= region= local format= y/yes call-timeout= v/verbose color= cache-dir= cache-limit= rate= C/dir= h/help V/version
end

function __fish_lfn_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_lfn_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_lfn_using_subcommand
    set -l cmd (__fish_lfn_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c lfn -n "__fish_lfn_needs_command" -l stage -d 'The stage of lambda.yaml to use' -r
complete -c lfn -n "__fish_lfn_needs_command" -l profile -d 'The profile of the AWS configuration files to use' -r
complete -c lfn -n "__fish_lfn_needs_command" -l region -d 'The AWS region' -r
complete -c lfn -n "__fish_lfn_needs_command" -l format -d 'How the answer on standard output is written' -r -f -a "text\t''
json\t''"
complete -c lfn -n "__fish_lfn_needs_command" -l call-timeout -d 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more' -r
complete -c lfn -n "__fish_lfn_needs_command" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c lfn -n "__fish_lfn_needs_command" -l cache-dir -d 'Where installed dependencies and compressed files are kept [default: the user\'s cache folder]' -r -F
complete -c lfn -n "__fish_lfn_needs_command" -l cache-limit -d 'How large that may grow: what was used longest ago goes first' -r
complete -c lfn -n "__fish_lfn_needs_command" -l rate -d 'Requests a second to Lambda\'s control plane, for the whole process; `off` for no limit [default: 15, AWS\'s quota for an account and region; off for a server on this machine]' -r
complete -c lfn -n "__fish_lfn_needs_command" -s C -l dir -d 'Work in this folder' -r -F
complete -c lfn -n "__fish_lfn_needs_command" -l local -d 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
complete -c lfn -n "__fish_lfn_needs_command" -s y -l yes -d 'Do not ask'
complete -c lfn -n "__fish_lfn_needs_command" -s v -l verbose -d 'Show every call to AWS'
complete -c lfn -n "__fish_lfn_needs_command" -s h -l help -d 'Print help'
complete -c lfn -n "__fish_lfn_needs_command" -s V -l version -d 'Print version'
complete -c lfn -n "__fish_lfn_needs_command" -f -a "init" -d 'Make a new function from a template'
complete -c lfn -n "__fish_lfn_needs_command" -f -a "validate" -d 'Check lambda.yaml without asking AWS'
complete -c lfn -n "__fish_lfn_needs_command" -f -a "package" -d 'Build the archive that a deploy would upload'
complete -c lfn -n "__fish_lfn_needs_command" -f -a "plan" -d 'Show what a deploy would change'
complete -c lfn -n "__fish_lfn_needs_command" -f -a "deploy" -d 'Make AWS match lambda.yaml: package, plan, ask, apply'
complete -c lfn -n "__fish_lfn_needs_command" -f -a "invoke" -d 'Call the function and show its result, figures and log'
complete -c lfn -n "__fish_lfn_needs_command" -f -a "dev" -d 'Keep the function up on this machine, for SDKs, the AWS CLI and browsers'
complete -c lfn -n "__fish_lfn_needs_command" -f -a "test" -d 'Call the function with the events of a folder and check what it returns'
complete -c lfn -n "__fish_lfn_needs_command" -f -a "alias" -d 'Show and move aliases'
complete -c lfn -n "__fish_lfn_needs_command" -f -a "versions" -d 'Show and remove published versions'
complete -c lfn -n "__fish_lfn_needs_command" -f -a "layer" -d 'Publish dependencies as a layer, and list its versions'
complete -c lfn -n "__fish_lfn_needs_command" -f -a "status" -d 'Show one function: state, configuration, aliases'
complete -c lfn -n "__fish_lfn_needs_command" -f -a "list" -d 'List the functions of the account and region'
complete -c lfn -n "__fish_lfn_needs_command" -f -a "destroy" -d 'Delete what lfn made for this function, and nothing else'
complete -c lfn -n "__fish_lfn_needs_command" -f -a "policy" -d 'Show, explain and check what the function may do'
complete -c lfn -n "__fish_lfn_needs_command" -f -a "ci" -d 'What a pipeline needs to run lfn'
complete -c lfn -n "__fish_lfn_needs_command" -f -a "schema" -d 'Print the JSON Schema of lambda.yaml, for editors'
complete -c lfn -n "__fish_lfn_needs_command" -f -a "completions" -d 'Print the completion script of a shell'
complete -c lfn -n "__fish_lfn_needs_command" -f -a "event" -d 'Show sample events of the services that call functions'
complete -c lfn -n "__fish_lfn_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c lfn -n "__fish_lfn_using_subcommand init" -s t -l template -d 'The template: node, python or custom' -r
complete -c lfn -n "__fish_lfn_using_subcommand init" -l name -d 'The function\'s name [default: the folder\'s]' -r
complete -c lfn -n "__fish_lfn_using_subcommand init" -l stage -d 'The stage of lambda.yaml to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand init" -l profile -d 'The profile of the AWS configuration files to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand init" -l region -d 'The AWS region' -r
complete -c lfn -n "__fish_lfn_using_subcommand init" -l format -d 'How the answer on standard output is written' -r -f -a "text\t''
json\t''"
complete -c lfn -n "__fish_lfn_using_subcommand init" -l call-timeout -d 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more' -r
complete -c lfn -n "__fish_lfn_using_subcommand init" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c lfn -n "__fish_lfn_using_subcommand init" -l cache-dir -d 'Where installed dependencies and compressed files are kept [default: the user\'s cache folder]' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand init" -l cache-limit -d 'How large that may grow: what was used longest ago goes first' -r
complete -c lfn -n "__fish_lfn_using_subcommand init" -l rate -d 'Requests a second to Lambda\'s control plane, for the whole process; `off` for no limit [default: 15, AWS\'s quota for an account and region; off for a server on this machine]' -r
complete -c lfn -n "__fish_lfn_using_subcommand init" -s C -l dir -d 'Work in this folder' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand init" -l local -d 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
complete -c lfn -n "__fish_lfn_using_subcommand init" -s y -l yes -d 'Do not ask'
complete -c lfn -n "__fish_lfn_using_subcommand init" -s v -l verbose -d 'Show every call to AWS'
complete -c lfn -n "__fish_lfn_using_subcommand init" -s h -l help -d 'Print help'
complete -c lfn -n "__fish_lfn_using_subcommand init" -s V -l version -d 'Print version'
complete -c lfn -n "__fish_lfn_using_subcommand validate" -l stage -d 'The stage of lambda.yaml to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand validate" -l profile -d 'The profile of the AWS configuration files to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand validate" -l region -d 'The AWS region' -r
complete -c lfn -n "__fish_lfn_using_subcommand validate" -l format -d 'How the answer on standard output is written' -r -f -a "text\t''
json\t''"
complete -c lfn -n "__fish_lfn_using_subcommand validate" -l call-timeout -d 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more' -r
complete -c lfn -n "__fish_lfn_using_subcommand validate" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c lfn -n "__fish_lfn_using_subcommand validate" -l cache-dir -d 'Where installed dependencies and compressed files are kept [default: the user\'s cache folder]' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand validate" -l cache-limit -d 'How large that may grow: what was used longest ago goes first' -r
complete -c lfn -n "__fish_lfn_using_subcommand validate" -l rate -d 'Requests a second to Lambda\'s control plane, for the whole process; `off` for no limit [default: 15, AWS\'s quota for an account and region; off for a server on this machine]' -r
complete -c lfn -n "__fish_lfn_using_subcommand validate" -s C -l dir -d 'Work in this folder' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand validate" -l local -d 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
complete -c lfn -n "__fish_lfn_using_subcommand validate" -s y -l yes -d 'Do not ask'
complete -c lfn -n "__fish_lfn_using_subcommand validate" -s v -l verbose -d 'Show every call to AWS'
complete -c lfn -n "__fish_lfn_using_subcommand validate" -s h -l help -d 'Print help'
complete -c lfn -n "__fish_lfn_using_subcommand validate" -s V -l version -d 'Print version'
complete -c lfn -n "__fish_lfn_using_subcommand package" -s o -l output -d 'Write to this file [default: .lfn/NAME.zip]' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand package" -l report -d 'Write a page with a map of the archive to this file' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand package" -l stage -d 'The stage of lambda.yaml to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand package" -l profile -d 'The profile of the AWS configuration files to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand package" -l region -d 'The AWS region' -r
complete -c lfn -n "__fish_lfn_using_subcommand package" -l format -d 'How the answer on standard output is written' -r -f -a "text\t''
json\t''"
complete -c lfn -n "__fish_lfn_using_subcommand package" -l call-timeout -d 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more' -r
complete -c lfn -n "__fish_lfn_using_subcommand package" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c lfn -n "__fish_lfn_using_subcommand package" -l cache-dir -d 'Where installed dependencies and compressed files are kept [default: the user\'s cache folder]' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand package" -l cache-limit -d 'How large that may grow: what was used longest ago goes first' -r
complete -c lfn -n "__fish_lfn_using_subcommand package" -l rate -d 'Requests a second to Lambda\'s control plane, for the whole process; `off` for no limit [default: 15, AWS\'s quota for an account and region; off for a server on this machine]' -r
complete -c lfn -n "__fish_lfn_using_subcommand package" -s C -l dir -d 'Work in this folder' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand package" -l why -d 'Say what takes the room: every dependency, who brings it, copies, and what could go'
complete -c lfn -n "__fish_lfn_using_subcommand package" -l local -d 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
complete -c lfn -n "__fish_lfn_using_subcommand package" -s y -l yes -d 'Do not ask'
complete -c lfn -n "__fish_lfn_using_subcommand package" -s v -l verbose -d 'Show every call to AWS'
complete -c lfn -n "__fish_lfn_using_subcommand package" -s h -l help -d 'Print help'
complete -c lfn -n "__fish_lfn_using_subcommand package" -s V -l version -d 'Print version'
complete -c lfn -n "__fish_lfn_using_subcommand plan" -l changed-since -d 'Of the functions named, or of all, those that changed since this commit' -r
complete -c lfn -n "__fish_lfn_using_subcommand plan" -l jobs -d 'How many functions to work on at a time; of these, as many are packaged at once as there are cores' -r
complete -c lfn -n "__fish_lfn_using_subcommand plan" -l out -d 'Write the plan to this file, for `lfn deploy --plan`' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand plan" -l stage -d 'The stage of lambda.yaml to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand plan" -l profile -d 'The profile of the AWS configuration files to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand plan" -l region -d 'The AWS region' -r
complete -c lfn -n "__fish_lfn_using_subcommand plan" -l format -d 'How the answer on standard output is written' -r -f -a "text\t''
json\t''"
complete -c lfn -n "__fish_lfn_using_subcommand plan" -l call-timeout -d 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more' -r
complete -c lfn -n "__fish_lfn_using_subcommand plan" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c lfn -n "__fish_lfn_using_subcommand plan" -l cache-dir -d 'Where installed dependencies and compressed files are kept [default: the user\'s cache folder]' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand plan" -l cache-limit -d 'How large that may grow: what was used longest ago goes first' -r
complete -c lfn -n "__fish_lfn_using_subcommand plan" -l rate -d 'Requests a second to Lambda\'s control plane, for the whole process; `off` for no limit [default: 15, AWS\'s quota for an account and region; off for a server on this machine]' -r
complete -c lfn -n "__fish_lfn_using_subcommand plan" -s C -l dir -d 'Work in this folder' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand plan" -l all -d 'Every function below this folder; what git ignores and hidden folders are left out'
complete -c lfn -n "__fish_lfn_using_subcommand plan" -l exit-code -d 'Exit with 3 when there is something to do'
complete -c lfn -n "__fish_lfn_using_subcommand plan" -l adopt -d 'Allow taking over a function that lfn did not make'
complete -c lfn -n "__fish_lfn_using_subcommand plan" -l local -d 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
complete -c lfn -n "__fish_lfn_using_subcommand plan" -s y -l yes -d 'Do not ask'
complete -c lfn -n "__fish_lfn_using_subcommand plan" -s v -l verbose -d 'Show every call to AWS'
complete -c lfn -n "__fish_lfn_using_subcommand plan" -s h -l help -d 'Print help'
complete -c lfn -n "__fish_lfn_using_subcommand plan" -s V -l version -d 'Print version'
complete -c lfn -n "__fish_lfn_using_subcommand deploy" -l changed-since -d 'Of the functions named, or of all, those that changed since this commit' -r
complete -c lfn -n "__fish_lfn_using_subcommand deploy" -l jobs -d 'How many functions to work on at a time; of these, as many are packaged at once as there are cores' -r
complete -c lfn -n "__fish_lfn_using_subcommand deploy" -l because -d 'Why, for `lfn alias history`' -r
complete -c lfn -n "__fish_lfn_using_subcommand deploy" -l plan -d 'Apply a plan that `lfn plan --out` wrote, without asking; stop if anything has moved since' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand deploy" -l stage -d 'The stage of lambda.yaml to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand deploy" -l profile -d 'The profile of the AWS configuration files to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand deploy" -l region -d 'The AWS region' -r
complete -c lfn -n "__fish_lfn_using_subcommand deploy" -l format -d 'How the answer on standard output is written' -r -f -a "text\t''
json\t''"
complete -c lfn -n "__fish_lfn_using_subcommand deploy" -l call-timeout -d 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more' -r
complete -c lfn -n "__fish_lfn_using_subcommand deploy" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c lfn -n "__fish_lfn_using_subcommand deploy" -l cache-dir -d 'Where installed dependencies and compressed files are kept [default: the user\'s cache folder]' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand deploy" -l cache-limit -d 'How large that may grow: what was used longest ago goes first' -r
complete -c lfn -n "__fish_lfn_using_subcommand deploy" -l rate -d 'Requests a second to Lambda\'s control plane, for the whole process; `off` for no limit [default: 15, AWS\'s quota for an account and region; off for a server on this machine]' -r
complete -c lfn -n "__fish_lfn_using_subcommand deploy" -s C -l dir -d 'Work in this folder' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand deploy" -l all -d 'Every function below this folder; what git ignores and hidden folders are left out'
complete -c lfn -n "__fish_lfn_using_subcommand deploy" -l dry-run -d 'Show the plan and stop'
complete -c lfn -n "__fish_lfn_using_subcommand deploy" -l adopt -d 'Take over a function that lfn did not make'
complete -c lfn -n "__fish_lfn_using_subcommand deploy" -l allow-widening -d 'Let the function do more than it can now, without asking'
complete -c lfn -n "__fish_lfn_using_subcommand deploy" -l local -d 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
complete -c lfn -n "__fish_lfn_using_subcommand deploy" -s y -l yes -d 'Do not ask'
complete -c lfn -n "__fish_lfn_using_subcommand deploy" -s v -l verbose -d 'Show every call to AWS'
complete -c lfn -n "__fish_lfn_using_subcommand deploy" -s h -l help -d 'Print help'
complete -c lfn -n "__fish_lfn_using_subcommand deploy" -s V -l version -d 'Print version'
complete -c lfn -n "__fish_lfn_using_subcommand invoke" -s e -l event -d 'The event: a file, `-` for standard input, or JSON itself' -r
complete -c lfn -n "__fish_lfn_using_subcommand invoke" -s q -l qualifier -d 'A version, an alias or `$LATEST` [default: the alias of lambda.yaml]' -r
complete -c lfn -n "__fish_lfn_using_subcommand invoke" -s f -l function -d 'The function [default: the one of lambda.yaml]' -r
complete -c lfn -n "__fish_lfn_using_subcommand invoke" -l repeat -d 'Call so often, and show what the durations come to' -r
complete -c lfn -n "__fish_lfn_using_subcommand invoke" -l concurrency -d 'With `--repeat`: so many calls at the same time' -r
complete -c lfn -n "__fish_lfn_using_subcommand invoke" -l debug -d 'Run the code of this folder under a debugger: Node.js\'s inspector or debugpy [default port: 9229 or 5678]' -r
complete -c lfn -n "__fish_lfn_using_subcommand invoke" -l client-context -d 'A JSON object for the context\'s `clientContext`' -r
complete -c lfn -n "__fish_lfn_using_subcommand invoke" -l stage -d 'The stage of lambda.yaml to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand invoke" -l profile -d 'The profile of the AWS configuration files to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand invoke" -l region -d 'The AWS region' -r
complete -c lfn -n "__fish_lfn_using_subcommand invoke" -l format -d 'How the answer on standard output is written' -r -f -a "text\t''
json\t''"
complete -c lfn -n "__fish_lfn_using_subcommand invoke" -l call-timeout -d 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more' -r
complete -c lfn -n "__fish_lfn_using_subcommand invoke" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c lfn -n "__fish_lfn_using_subcommand invoke" -l cache-dir -d 'Where installed dependencies and compressed files are kept [default: the user\'s cache folder]' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand invoke" -l cache-limit -d 'How large that may grow: what was used longest ago goes first' -r
complete -c lfn -n "__fish_lfn_using_subcommand invoke" -l rate -d 'Requests a second to Lambda\'s control plane, for the whole process; `off` for no limit [default: 15, AWS\'s quota for an account and region; off for a server on this machine]' -r
complete -c lfn -n "__fish_lfn_using_subcommand invoke" -s C -l dir -d 'Work in this folder' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand invoke" -l async -d 'Queue the event and do not wait for a result'
complete -c lfn -n "__fish_lfn_using_subcommand invoke" -l dry-run -d 'Check parameters and rights only'
complete -c lfn -n "__fish_lfn_using_subcommand invoke" -l working-tree -d 'Run the code of this folder on this machine, deployed or not'
complete -c lfn -n "__fish_lfn_using_subcommand invoke" -l watch -d 'Run the code of this folder again whenever a file changes'
complete -c lfn -n "__fish_lfn_using_subcommand invoke" -l enforce -d 'Run the code of this folder, and refuse its AWS calls as AWS would with the role of lambda.yaml; what is allowed goes on with your credentials'
complete -c lfn -n "__fish_lfn_using_subcommand invoke" -l learn -d 'Run the code of this folder, let its AWS calls through with your credentials, and propose the lines of `allow` for them'
complete -c lfn -n "__fish_lfn_using_subcommand invoke" -l local -d 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
complete -c lfn -n "__fish_lfn_using_subcommand invoke" -s y -l yes -d 'Do not ask'
complete -c lfn -n "__fish_lfn_using_subcommand invoke" -s v -l verbose -d 'Show every call to AWS'
complete -c lfn -n "__fish_lfn_using_subcommand invoke" -s h -l help -d 'Print help'
complete -c lfn -n "__fish_lfn_using_subcommand invoke" -s V -l version -d 'Print version'
complete -c lfn -n "__fish_lfn_using_subcommand dev" -l port -d 'The port of the endpoint for `Invoke`; 0 is any that is free' -r
complete -c lfn -n "__fish_lfn_using_subcommand dev" -l url-port -d 'The port of the function URL; 0 is any that is free' -r
complete -c lfn -n "__fish_lfn_using_subcommand dev" -l page-port -d 'The port of the page that shows it all; 0 is any that is free' -r
complete -c lfn -n "__fish_lfn_using_subcommand dev" -l cors -d 'An origin of web pages that may call the URL, or `*` (repeatable) [default: `cors` of lambda.yaml]' -r
complete -c lfn -n "__fish_lfn_using_subcommand dev" -l debug -d 'Run the handler under a debugger: Node.js\'s inspector or debugpy [default port: 9229 or 5678]' -r
complete -c lfn -n "__fish_lfn_using_subcommand dev" -l stage -d 'The stage of lambda.yaml to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand dev" -l profile -d 'The profile of the AWS configuration files to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand dev" -l region -d 'The AWS region' -r
complete -c lfn -n "__fish_lfn_using_subcommand dev" -l format -d 'How the answer on standard output is written' -r -f -a "text\t''
json\t''"
complete -c lfn -n "__fish_lfn_using_subcommand dev" -l call-timeout -d 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more' -r
complete -c lfn -n "__fish_lfn_using_subcommand dev" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c lfn -n "__fish_lfn_using_subcommand dev" -l cache-dir -d 'Where installed dependencies and compressed files are kept [default: the user\'s cache folder]' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand dev" -l cache-limit -d 'How large that may grow: what was used longest ago goes first' -r
complete -c lfn -n "__fish_lfn_using_subcommand dev" -l rate -d 'Requests a second to Lambda\'s control plane, for the whole process; `off` for no limit [default: 15, AWS\'s quota for an account and region; off for a server on this machine]' -r
complete -c lfn -n "__fish_lfn_using_subcommand dev" -s C -l dir -d 'Work in this folder' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand dev" -l no-schedules -d 'Let the schedules of lambda.yaml rest'
complete -c lfn -n "__fish_lfn_using_subcommand dev" -l enforce -d 'Run the code of this folder, and refuse its AWS calls as AWS would with the role of lambda.yaml; what is allowed goes on with your credentials'
complete -c lfn -n "__fish_lfn_using_subcommand dev" -l learn -d 'Run the code of this folder, let its AWS calls through with your credentials, and propose the lines of `allow` for them'
complete -c lfn -n "__fish_lfn_using_subcommand dev" -l local -d 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
complete -c lfn -n "__fish_lfn_using_subcommand dev" -s y -l yes -d 'Do not ask'
complete -c lfn -n "__fish_lfn_using_subcommand dev" -s v -l verbose -d 'Show every call to AWS'
complete -c lfn -n "__fish_lfn_using_subcommand dev" -s h -l help -d 'Print help'
complete -c lfn -n "__fish_lfn_using_subcommand dev" -s V -l version -d 'Print version'
complete -c lfn -n "__fish_lfn_using_subcommand test" -s q -l qualifier -d 'Call this version or alias of the deployed function instead' -r
complete -c lfn -n "__fish_lfn_using_subcommand test" -s f -l function -d 'The function, with `--qualifier` [default: the one of lambda.yaml]' -r
complete -c lfn -n "__fish_lfn_using_subcommand test" -l env -d 'Set an environment variable of the function; without a value, to that of lfn\'s own environment' -r
complete -c lfn -n "__fish_lfn_using_subcommand test" -s j -l jobs -d 'How many cases run at a time [default: one for each processor]' -r
complete -c lfn -n "__fish_lfn_using_subcommand test" -l junit -d 'Write the results to this file as JUnit XML' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand test" -l stage -d 'The stage of lambda.yaml to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand test" -l profile -d 'The profile of the AWS configuration files to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand test" -l region -d 'The AWS region' -r
complete -c lfn -n "__fish_lfn_using_subcommand test" -l format -d 'How the answer on standard output is written' -r -f -a "text\t''
json\t''"
complete -c lfn -n "__fish_lfn_using_subcommand test" -l call-timeout -d 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more' -r
complete -c lfn -n "__fish_lfn_using_subcommand test" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c lfn -n "__fish_lfn_using_subcommand test" -l cache-dir -d 'Where installed dependencies and compressed files are kept [default: the user\'s cache folder]' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand test" -l cache-limit -d 'How large that may grow: what was used longest ago goes first' -r
complete -c lfn -n "__fish_lfn_using_subcommand test" -l rate -d 'Requests a second to Lambda\'s control plane, for the whole process; `off` for no limit [default: 15, AWS\'s quota for an account and region; off for a server on this machine]' -r
complete -c lfn -n "__fish_lfn_using_subcommand test" -s C -l dir -d 'Work in this folder' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand test" -l local -d 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
complete -c lfn -n "__fish_lfn_using_subcommand test" -s y -l yes -d 'Do not ask'
complete -c lfn -n "__fish_lfn_using_subcommand test" -s v -l verbose -d 'Show every call to AWS'
complete -c lfn -n "__fish_lfn_using_subcommand test" -s h -l help -d 'Print help'
complete -c lfn -n "__fish_lfn_using_subcommand test" -s V -l version -d 'Print version'
complete -c lfn -n "__fish_lfn_using_subcommand alias; and not __fish_seen_subcommand_from list promote rollback history delete help" -l stage -d 'The stage of lambda.yaml to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and not __fish_seen_subcommand_from list promote rollback history delete help" -l profile -d 'The profile of the AWS configuration files to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and not __fish_seen_subcommand_from list promote rollback history delete help" -l region -d 'The AWS region' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and not __fish_seen_subcommand_from list promote rollback history delete help" -l format -d 'How the answer on standard output is written' -r -f -a "text\t''
json\t''"
complete -c lfn -n "__fish_lfn_using_subcommand alias; and not __fish_seen_subcommand_from list promote rollback history delete help" -l call-timeout -d 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and not __fish_seen_subcommand_from list promote rollback history delete help" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c lfn -n "__fish_lfn_using_subcommand alias; and not __fish_seen_subcommand_from list promote rollback history delete help" -l cache-dir -d 'Where installed dependencies and compressed files are kept [default: the user\'s cache folder]' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand alias; and not __fish_seen_subcommand_from list promote rollback history delete help" -l cache-limit -d 'How large that may grow: what was used longest ago goes first' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and not __fish_seen_subcommand_from list promote rollback history delete help" -l rate -d 'Requests a second to Lambda\'s control plane, for the whole process; `off` for no limit [default: 15, AWS\'s quota for an account and region; off for a server on this machine]' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and not __fish_seen_subcommand_from list promote rollback history delete help" -s C -l dir -d 'Work in this folder' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand alias; and not __fish_seen_subcommand_from list promote rollback history delete help" -l local -d 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
complete -c lfn -n "__fish_lfn_using_subcommand alias; and not __fish_seen_subcommand_from list promote rollback history delete help" -s y -l yes -d 'Do not ask'
complete -c lfn -n "__fish_lfn_using_subcommand alias; and not __fish_seen_subcommand_from list promote rollback history delete help" -s v -l verbose -d 'Show every call to AWS'
complete -c lfn -n "__fish_lfn_using_subcommand alias; and not __fish_seen_subcommand_from list promote rollback history delete help" -s h -l help -d 'Print help'
complete -c lfn -n "__fish_lfn_using_subcommand alias; and not __fish_seen_subcommand_from list promote rollback history delete help" -s V -l version -d 'Print version'
complete -c lfn -n "__fish_lfn_using_subcommand alias; and not __fish_seen_subcommand_from list promote rollback history delete help" -f -a "list" -d 'List the aliases and what they point at'
complete -c lfn -n "__fish_lfn_using_subcommand alias; and not __fish_seen_subcommand_from list promote rollback history delete help" -f -a "promote" -d 'Point an alias at a version: the newest one by default'
complete -c lfn -n "__fish_lfn_using_subcommand alias; and not __fish_seen_subcommand_from list promote rollback history delete help" -f -a "rollback" -d 'Return an alias to what it pointed at before'
complete -c lfn -n "__fish_lfn_using_subcommand alias; and not __fish_seen_subcommand_from list promote rollback history delete help" -f -a "history" -d 'Show what an alias pointed at, when, by whom and why'
complete -c lfn -n "__fish_lfn_using_subcommand alias; and not __fish_seen_subcommand_from list promote rollback history delete help" -f -a "delete" -d 'Delete an alias; its version stays'
complete -c lfn -n "__fish_lfn_using_subcommand alias; and not __fish_seen_subcommand_from list promote rollback history delete help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from list" -s f -l function -d 'The function [default: the one of lambda.yaml]' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from list" -l stage -d 'The stage of lambda.yaml to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from list" -l profile -d 'The profile of the AWS configuration files to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from list" -l region -d 'The AWS region' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from list" -l format -d 'How the answer on standard output is written' -r -f -a "text\t''
json\t''"
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from list" -l call-timeout -d 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from list" -l cache-dir -d 'Where installed dependencies and compressed files are kept [default: the user\'s cache folder]' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from list" -l cache-limit -d 'How large that may grow: what was used longest ago goes first' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from list" -l rate -d 'Requests a second to Lambda\'s control plane, for the whole process; `off` for no limit [default: 15, AWS\'s quota for an account and region; off for a server on this machine]' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from list" -s C -l dir -d 'Work in this folder' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from list" -l local -d 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from list" -s y -l yes -d 'Do not ask'
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Show every call to AWS'
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from promote" -l to -d 'The version to point at [default: the newest]' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from promote" -l from -d 'Point at what this alias points at' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from promote" -l because -d 'Why, for `lfn alias history`' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from promote" -l canary -d 'Give the version this share of the traffic first, such as `10%`, and all of it after `--for`' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from promote" -l for -d 'How long `--canary` holds, such as `10m`' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from promote" -l linear -d 'Give it the same share more again and again, such as `10%/1m`' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from promote" -l steps -d 'Give it these shares, each for its time, such as `5%:2m,25%:5m,100%`' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from promote" -l alarm -d 'Take it back when this `CloudWatch` alarm goes off, besides those of `release.alarms` (repeatable)' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from promote" -l check-every -d 'How often to look whether all is well [default: 15s]' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from promote" -l max-errors -d 'The share of its calls that may fail, as long as more than before fail [default: 1%]' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from promote" -l engine -d 'Who shifts the traffic' -r -f -a "lfn\t'lfn, for as long as it runs'
codedeploy\t'AWS CodeDeploy, which goes on alone'"
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from promote" -l codedeploy-role -d 'The role that CodeDeploy works as [default: one that lfn makes]' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from promote" -s f -l function -d 'The function [default: the one of lambda.yaml]' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from promote" -l stage -d 'The stage of lambda.yaml to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from promote" -l profile -d 'The profile of the AWS configuration files to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from promote" -l region -d 'The AWS region' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from promote" -l format -d 'How the answer on standard output is written' -r -f -a "text\t''
json\t''"
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from promote" -l call-timeout -d 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from promote" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from promote" -l cache-dir -d 'Where installed dependencies and compressed files are kept [default: the user\'s cache folder]' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from promote" -l cache-limit -d 'How large that may grow: what was used longest ago goes first' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from promote" -l rate -d 'Requests a second to Lambda\'s control plane, for the whole process; `off` for no limit [default: 15, AWS\'s quota for an account and region; off for a server on this machine]' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from promote" -s C -l dir -d 'Work in this folder' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from promote" -l allow-provisioned -d 'Shift an alias with provisioned concurrency, which is divided anew at every stage'
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from promote" -l skip-check -d 'Move without the `release.check` of lambda.yaml'
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from promote" -l dry-run -d 'Show what the move means and stop'
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from promote" -l local -d 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from promote" -s y -l yes -d 'Do not ask'
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from promote" -s v -l verbose -d 'Show every call to AWS'
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from promote" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from promote" -s V -l version -d 'Print version'
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from rollback" -l to-previous -d 'How many moves to go back over' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from rollback" -l because -d 'Why, for `lfn alias history`' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from rollback" -s f -l function -d 'The function [default: the one of lambda.yaml]' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from rollback" -l stage -d 'The stage of lambda.yaml to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from rollback" -l profile -d 'The profile of the AWS configuration files to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from rollback" -l region -d 'The AWS region' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from rollback" -l format -d 'How the answer on standard output is written' -r -f -a "text\t''
json\t''"
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from rollback" -l call-timeout -d 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from rollback" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from rollback" -l cache-dir -d 'Where installed dependencies and compressed files are kept [default: the user\'s cache folder]' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from rollback" -l cache-limit -d 'How large that may grow: what was used longest ago goes first' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from rollback" -l rate -d 'Requests a second to Lambda\'s control plane, for the whole process; `off` for no limit [default: 15, AWS\'s quota for an account and region; off for a server on this machine]' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from rollback" -s C -l dir -d 'Work in this folder' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from rollback" -l dry-run -d 'Show what the move means and stop'
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from rollback" -l local -d 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from rollback" -s y -l yes -d 'Do not ask'
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from rollback" -s v -l verbose -d 'Show every call to AWS'
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from rollback" -s h -l help -d 'Print help'
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from rollback" -s V -l version -d 'Print version'
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from history" -s f -l function -d 'The function [default: the one of lambda.yaml]' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from history" -l stage -d 'The stage of lambda.yaml to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from history" -l profile -d 'The profile of the AWS configuration files to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from history" -l region -d 'The AWS region' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from history" -l format -d 'How the answer on standard output is written' -r -f -a "text\t''
json\t''"
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from history" -l call-timeout -d 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from history" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from history" -l cache-dir -d 'Where installed dependencies and compressed files are kept [default: the user\'s cache folder]' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from history" -l cache-limit -d 'How large that may grow: what was used longest ago goes first' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from history" -l rate -d 'Requests a second to Lambda\'s control plane, for the whole process; `off` for no limit [default: 15, AWS\'s quota for an account and region; off for a server on this machine]' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from history" -s C -l dir -d 'Work in this folder' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from history" -l local -d 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from history" -s y -l yes -d 'Do not ask'
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from history" -s v -l verbose -d 'Show every call to AWS'
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from history" -s h -l help -d 'Print help'
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from history" -s V -l version -d 'Print version'
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from delete" -s f -l function -d 'The function [default: the one of lambda.yaml]' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from delete" -l stage -d 'The stage of lambda.yaml to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from delete" -l profile -d 'The profile of the AWS configuration files to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from delete" -l region -d 'The AWS region' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from delete" -l format -d 'How the answer on standard output is written' -r -f -a "text\t''
json\t''"
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from delete" -l call-timeout -d 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from delete" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from delete" -l cache-dir -d 'Where installed dependencies and compressed files are kept [default: the user\'s cache folder]' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from delete" -l cache-limit -d 'How large that may grow: what was used longest ago goes first' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from delete" -l rate -d 'Requests a second to Lambda\'s control plane, for the whole process; `off` for no limit [default: 15, AWS\'s quota for an account and region; off for a server on this machine]' -r
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from delete" -s C -l dir -d 'Work in this folder' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from delete" -l local -d 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from delete" -s y -l yes -d 'Do not ask'
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from delete" -s v -l verbose -d 'Show every call to AWS'
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help'
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from delete" -s V -l version -d 'Print version'
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the aliases and what they point at'
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from help" -f -a "promote" -d 'Point an alias at a version: the newest one by default'
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from help" -f -a "rollback" -d 'Return an alias to what it pointed at before'
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from help" -f -a "history" -d 'Show what an alias pointed at, when, by whom and why'
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from help" -f -a "delete" -d 'Delete an alias; its version stays'
complete -c lfn -n "__fish_lfn_using_subcommand alias; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c lfn -n "__fish_lfn_using_subcommand versions; and not __fish_seen_subcommand_from list prune help" -l stage -d 'The stage of lambda.yaml to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand versions; and not __fish_seen_subcommand_from list prune help" -l profile -d 'The profile of the AWS configuration files to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand versions; and not __fish_seen_subcommand_from list prune help" -l region -d 'The AWS region' -r
complete -c lfn -n "__fish_lfn_using_subcommand versions; and not __fish_seen_subcommand_from list prune help" -l format -d 'How the answer on standard output is written' -r -f -a "text\t''
json\t''"
complete -c lfn -n "__fish_lfn_using_subcommand versions; and not __fish_seen_subcommand_from list prune help" -l call-timeout -d 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more' -r
complete -c lfn -n "__fish_lfn_using_subcommand versions; and not __fish_seen_subcommand_from list prune help" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c lfn -n "__fish_lfn_using_subcommand versions; and not __fish_seen_subcommand_from list prune help" -l cache-dir -d 'Where installed dependencies and compressed files are kept [default: the user\'s cache folder]' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand versions; and not __fish_seen_subcommand_from list prune help" -l cache-limit -d 'How large that may grow: what was used longest ago goes first' -r
complete -c lfn -n "__fish_lfn_using_subcommand versions; and not __fish_seen_subcommand_from list prune help" -l rate -d 'Requests a second to Lambda\'s control plane, for the whole process; `off` for no limit [default: 15, AWS\'s quota for an account and region; off for a server on this machine]' -r
complete -c lfn -n "__fish_lfn_using_subcommand versions; and not __fish_seen_subcommand_from list prune help" -s C -l dir -d 'Work in this folder' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand versions; and not __fish_seen_subcommand_from list prune help" -l local -d 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
complete -c lfn -n "__fish_lfn_using_subcommand versions; and not __fish_seen_subcommand_from list prune help" -s y -l yes -d 'Do not ask'
complete -c lfn -n "__fish_lfn_using_subcommand versions; and not __fish_seen_subcommand_from list prune help" -s v -l verbose -d 'Show every call to AWS'
complete -c lfn -n "__fish_lfn_using_subcommand versions; and not __fish_seen_subcommand_from list prune help" -s h -l help -d 'Print help'
complete -c lfn -n "__fish_lfn_using_subcommand versions; and not __fish_seen_subcommand_from list prune help" -s V -l version -d 'Print version'
complete -c lfn -n "__fish_lfn_using_subcommand versions; and not __fish_seen_subcommand_from list prune help" -f -a "list" -d 'List the published versions, newest first, and who uses them'
complete -c lfn -n "__fish_lfn_using_subcommand versions; and not __fish_seen_subcommand_from list prune help" -f -a "prune" -d 'Remove old versions that nothing leads to, and their archives'
complete -c lfn -n "__fish_lfn_using_subcommand versions; and not __fish_seen_subcommand_from list prune help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c lfn -n "__fish_lfn_using_subcommand versions; and __fish_seen_subcommand_from list" -s f -l function -d 'The function [default: the one of lambda.yaml]' -r
complete -c lfn -n "__fish_lfn_using_subcommand versions; and __fish_seen_subcommand_from list" -l stage -d 'The stage of lambda.yaml to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand versions; and __fish_seen_subcommand_from list" -l profile -d 'The profile of the AWS configuration files to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand versions; and __fish_seen_subcommand_from list" -l region -d 'The AWS region' -r
complete -c lfn -n "__fish_lfn_using_subcommand versions; and __fish_seen_subcommand_from list" -l format -d 'How the answer on standard output is written' -r -f -a "text\t''
json\t''"
complete -c lfn -n "__fish_lfn_using_subcommand versions; and __fish_seen_subcommand_from list" -l call-timeout -d 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more' -r
complete -c lfn -n "__fish_lfn_using_subcommand versions; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c lfn -n "__fish_lfn_using_subcommand versions; and __fish_seen_subcommand_from list" -l cache-dir -d 'Where installed dependencies and compressed files are kept [default: the user\'s cache folder]' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand versions; and __fish_seen_subcommand_from list" -l cache-limit -d 'How large that may grow: what was used longest ago goes first' -r
complete -c lfn -n "__fish_lfn_using_subcommand versions; and __fish_seen_subcommand_from list" -l rate -d 'Requests a second to Lambda\'s control plane, for the whole process; `off` for no limit [default: 15, AWS\'s quota for an account and region; off for a server on this machine]' -r
complete -c lfn -n "__fish_lfn_using_subcommand versions; and __fish_seen_subcommand_from list" -s C -l dir -d 'Work in this folder' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand versions; and __fish_seen_subcommand_from list" -l local -d 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
complete -c lfn -n "__fish_lfn_using_subcommand versions; and __fish_seen_subcommand_from list" -s y -l yes -d 'Do not ask'
complete -c lfn -n "__fish_lfn_using_subcommand versions; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Show every call to AWS'
complete -c lfn -n "__fish_lfn_using_subcommand versions; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c lfn -n "__fish_lfn_using_subcommand versions; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c lfn -n "__fish_lfn_using_subcommand versions; and __fish_seen_subcommand_from prune" -l keep -d 'How many of the newest versions stay [default: `release.keep` of lambda.yaml]' -r
complete -c lfn -n "__fish_lfn_using_subcommand versions; and __fish_seen_subcommand_from prune" -l older-than -d 'Remove only versions that were published so long ago: `30d`, `12h`, `8w`' -r
complete -c lfn -n "__fish_lfn_using_subcommand versions; and __fish_seen_subcommand_from prune" -s f -l function -d 'The function [default: the one of lambda.yaml]' -r
complete -c lfn -n "__fish_lfn_using_subcommand versions; and __fish_seen_subcommand_from prune" -l stage -d 'The stage of lambda.yaml to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand versions; and __fish_seen_subcommand_from prune" -l profile -d 'The profile of the AWS configuration files to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand versions; and __fish_seen_subcommand_from prune" -l region -d 'The AWS region' -r
complete -c lfn -n "__fish_lfn_using_subcommand versions; and __fish_seen_subcommand_from prune" -l format -d 'How the answer on standard output is written' -r -f -a "text\t''
json\t''"
complete -c lfn -n "__fish_lfn_using_subcommand versions; and __fish_seen_subcommand_from prune" -l call-timeout -d 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more' -r
complete -c lfn -n "__fish_lfn_using_subcommand versions; and __fish_seen_subcommand_from prune" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c lfn -n "__fish_lfn_using_subcommand versions; and __fish_seen_subcommand_from prune" -l cache-dir -d 'Where installed dependencies and compressed files are kept [default: the user\'s cache folder]' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand versions; and __fish_seen_subcommand_from prune" -l cache-limit -d 'How large that may grow: what was used longest ago goes first' -r
complete -c lfn -n "__fish_lfn_using_subcommand versions; and __fish_seen_subcommand_from prune" -l rate -d 'Requests a second to Lambda\'s control plane, for the whole process; `off` for no limit [default: 15, AWS\'s quota for an account and region; off for a server on this machine]' -r
complete -c lfn -n "__fish_lfn_using_subcommand versions; and __fish_seen_subcommand_from prune" -s C -l dir -d 'Work in this folder' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand versions; and __fish_seen_subcommand_from prune" -l dry-run -d 'Show what would be removed and stop'
complete -c lfn -n "__fish_lfn_using_subcommand versions; and __fish_seen_subcommand_from prune" -l local -d 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
complete -c lfn -n "__fish_lfn_using_subcommand versions; and __fish_seen_subcommand_from prune" -s y -l yes -d 'Do not ask'
complete -c lfn -n "__fish_lfn_using_subcommand versions; and __fish_seen_subcommand_from prune" -s v -l verbose -d 'Show every call to AWS'
complete -c lfn -n "__fish_lfn_using_subcommand versions; and __fish_seen_subcommand_from prune" -s h -l help -d 'Print help'
complete -c lfn -n "__fish_lfn_using_subcommand versions; and __fish_seen_subcommand_from prune" -s V -l version -d 'Print version'
complete -c lfn -n "__fish_lfn_using_subcommand versions; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the published versions, newest first, and who uses them'
complete -c lfn -n "__fish_lfn_using_subcommand versions; and __fish_seen_subcommand_from help" -f -a "prune" -d 'Remove old versions that nothing leads to, and their archives'
complete -c lfn -n "__fish_lfn_using_subcommand versions; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c lfn -n "__fish_lfn_using_subcommand layer; and not __fish_seen_subcommand_from publish list help" -l stage -d 'The stage of lambda.yaml to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand layer; and not __fish_seen_subcommand_from publish list help" -l profile -d 'The profile of the AWS configuration files to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand layer; and not __fish_seen_subcommand_from publish list help" -l region -d 'The AWS region' -r
complete -c lfn -n "__fish_lfn_using_subcommand layer; and not __fish_seen_subcommand_from publish list help" -l format -d 'How the answer on standard output is written' -r -f -a "text\t''
json\t''"
complete -c lfn -n "__fish_lfn_using_subcommand layer; and not __fish_seen_subcommand_from publish list help" -l call-timeout -d 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more' -r
complete -c lfn -n "__fish_lfn_using_subcommand layer; and not __fish_seen_subcommand_from publish list help" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c lfn -n "__fish_lfn_using_subcommand layer; and not __fish_seen_subcommand_from publish list help" -l cache-dir -d 'Where installed dependencies and compressed files are kept [default: the user\'s cache folder]' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand layer; and not __fish_seen_subcommand_from publish list help" -l cache-limit -d 'How large that may grow: what was used longest ago goes first' -r
complete -c lfn -n "__fish_lfn_using_subcommand layer; and not __fish_seen_subcommand_from publish list help" -l rate -d 'Requests a second to Lambda\'s control plane, for the whole process; `off` for no limit [default: 15, AWS\'s quota for an account and region; off for a server on this machine]' -r
complete -c lfn -n "__fish_lfn_using_subcommand layer; and not __fish_seen_subcommand_from publish list help" -s C -l dir -d 'Work in this folder' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand layer; and not __fish_seen_subcommand_from publish list help" -l local -d 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
complete -c lfn -n "__fish_lfn_using_subcommand layer; and not __fish_seen_subcommand_from publish list help" -s y -l yes -d 'Do not ask'
complete -c lfn -n "__fish_lfn_using_subcommand layer; and not __fish_seen_subcommand_from publish list help" -s v -l verbose -d 'Show every call to AWS'
complete -c lfn -n "__fish_lfn_using_subcommand layer; and not __fish_seen_subcommand_from publish list help" -s h -l help -d 'Print help'
complete -c lfn -n "__fish_lfn_using_subcommand layer; and not __fish_seen_subcommand_from publish list help" -s V -l version -d 'Print version'
complete -c lfn -n "__fish_lfn_using_subcommand layer; and not __fish_seen_subcommand_from publish list help" -f -a "publish" -d 'Publish the dependencies of the function as a layer, unless a version has them already'
complete -c lfn -n "__fish_lfn_using_subcommand layer; and not __fish_seen_subcommand_from publish list help" -f -a "list" -d 'List the versions of a layer, newest first'
complete -c lfn -n "__fish_lfn_using_subcommand layer; and not __fish_seen_subcommand_from publish list help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c lfn -n "__fish_lfn_using_subcommand layer; and __fish_seen_subcommand_from publish" -l name -d 'Name the layer [default: FUNCTION-deps]' -r
complete -c lfn -n "__fish_lfn_using_subcommand layer; and __fish_seen_subcommand_from publish" -l description -d 'Describe the version [default: what is in it, and the digest]' -r
complete -c lfn -n "__fish_lfn_using_subcommand layer; and __fish_seen_subcommand_from publish" -l license -d 'Name the licence of the content, such as MIT' -r
complete -c lfn -n "__fish_lfn_using_subcommand layer; and __fish_seen_subcommand_from publish" -l from -d 'Publish what is in this folder as it is, in place of the dependencies' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand layer; and __fish_seen_subcommand_from publish" -l stage -d 'The stage of lambda.yaml to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand layer; and __fish_seen_subcommand_from publish" -l profile -d 'The profile of the AWS configuration files to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand layer; and __fish_seen_subcommand_from publish" -l region -d 'The AWS region' -r
complete -c lfn -n "__fish_lfn_using_subcommand layer; and __fish_seen_subcommand_from publish" -l format -d 'How the answer on standard output is written' -r -f -a "text\t''
json\t''"
complete -c lfn -n "__fish_lfn_using_subcommand layer; and __fish_seen_subcommand_from publish" -l call-timeout -d 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more' -r
complete -c lfn -n "__fish_lfn_using_subcommand layer; and __fish_seen_subcommand_from publish" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c lfn -n "__fish_lfn_using_subcommand layer; and __fish_seen_subcommand_from publish" -l cache-dir -d 'Where installed dependencies and compressed files are kept [default: the user\'s cache folder]' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand layer; and __fish_seen_subcommand_from publish" -l cache-limit -d 'How large that may grow: what was used longest ago goes first' -r
complete -c lfn -n "__fish_lfn_using_subcommand layer; and __fish_seen_subcommand_from publish" -l rate -d 'Requests a second to Lambda\'s control plane, for the whole process; `off` for no limit [default: 15, AWS\'s quota for an account and region; off for a server on this machine]' -r
complete -c lfn -n "__fish_lfn_using_subcommand layer; and __fish_seen_subcommand_from publish" -s C -l dir -d 'Work in this folder' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand layer; and __fish_seen_subcommand_from publish" -l dry-run -d 'Show what would be published and stop'
complete -c lfn -n "__fish_lfn_using_subcommand layer; and __fish_seen_subcommand_from publish" -l local -d 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
complete -c lfn -n "__fish_lfn_using_subcommand layer; and __fish_seen_subcommand_from publish" -s y -l yes -d 'Do not ask'
complete -c lfn -n "__fish_lfn_using_subcommand layer; and __fish_seen_subcommand_from publish" -s v -l verbose -d 'Show every call to AWS'
complete -c lfn -n "__fish_lfn_using_subcommand layer; and __fish_seen_subcommand_from publish" -s h -l help -d 'Print help'
complete -c lfn -n "__fish_lfn_using_subcommand layer; and __fish_seen_subcommand_from publish" -s V -l version -d 'Print version'
complete -c lfn -n "__fish_lfn_using_subcommand layer; and __fish_seen_subcommand_from list" -l name -d 'Name the layer [default: FUNCTION-deps]' -r
complete -c lfn -n "__fish_lfn_using_subcommand layer; and __fish_seen_subcommand_from list" -l stage -d 'The stage of lambda.yaml to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand layer; and __fish_seen_subcommand_from list" -l profile -d 'The profile of the AWS configuration files to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand layer; and __fish_seen_subcommand_from list" -l region -d 'The AWS region' -r
complete -c lfn -n "__fish_lfn_using_subcommand layer; and __fish_seen_subcommand_from list" -l format -d 'How the answer on standard output is written' -r -f -a "text\t''
json\t''"
complete -c lfn -n "__fish_lfn_using_subcommand layer; and __fish_seen_subcommand_from list" -l call-timeout -d 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more' -r
complete -c lfn -n "__fish_lfn_using_subcommand layer; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c lfn -n "__fish_lfn_using_subcommand layer; and __fish_seen_subcommand_from list" -l cache-dir -d 'Where installed dependencies and compressed files are kept [default: the user\'s cache folder]' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand layer; and __fish_seen_subcommand_from list" -l cache-limit -d 'How large that may grow: what was used longest ago goes first' -r
complete -c lfn -n "__fish_lfn_using_subcommand layer; and __fish_seen_subcommand_from list" -l rate -d 'Requests a second to Lambda\'s control plane, for the whole process; `off` for no limit [default: 15, AWS\'s quota for an account and region; off for a server on this machine]' -r
complete -c lfn -n "__fish_lfn_using_subcommand layer; and __fish_seen_subcommand_from list" -s C -l dir -d 'Work in this folder' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand layer; and __fish_seen_subcommand_from list" -l local -d 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
complete -c lfn -n "__fish_lfn_using_subcommand layer; and __fish_seen_subcommand_from list" -s y -l yes -d 'Do not ask'
complete -c lfn -n "__fish_lfn_using_subcommand layer; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Show every call to AWS'
complete -c lfn -n "__fish_lfn_using_subcommand layer; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c lfn -n "__fish_lfn_using_subcommand layer; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c lfn -n "__fish_lfn_using_subcommand layer; and __fish_seen_subcommand_from help" -f -a "publish" -d 'Publish the dependencies of the function as a layer, unless a version has them already'
complete -c lfn -n "__fish_lfn_using_subcommand layer; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the versions of a layer, newest first'
complete -c lfn -n "__fish_lfn_using_subcommand layer; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c lfn -n "__fish_lfn_using_subcommand status" -s f -l function -d 'The function [default: the one of lambda.yaml]' -r
complete -c lfn -n "__fish_lfn_using_subcommand status" -l stage -d 'The stage of lambda.yaml to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand status" -l profile -d 'The profile of the AWS configuration files to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand status" -l region -d 'The AWS region' -r
complete -c lfn -n "__fish_lfn_using_subcommand status" -l format -d 'How the answer on standard output is written' -r -f -a "text\t''
json\t''"
complete -c lfn -n "__fish_lfn_using_subcommand status" -l call-timeout -d 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more' -r
complete -c lfn -n "__fish_lfn_using_subcommand status" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c lfn -n "__fish_lfn_using_subcommand status" -l cache-dir -d 'Where installed dependencies and compressed files are kept [default: the user\'s cache folder]' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand status" -l cache-limit -d 'How large that may grow: what was used longest ago goes first' -r
complete -c lfn -n "__fish_lfn_using_subcommand status" -l rate -d 'Requests a second to Lambda\'s control plane, for the whole process; `off` for no limit [default: 15, AWS\'s quota for an account and region; off for a server on this machine]' -r
complete -c lfn -n "__fish_lfn_using_subcommand status" -s C -l dir -d 'Work in this folder' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand status" -l local -d 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
complete -c lfn -n "__fish_lfn_using_subcommand status" -s y -l yes -d 'Do not ask'
complete -c lfn -n "__fish_lfn_using_subcommand status" -s v -l verbose -d 'Show every call to AWS'
complete -c lfn -n "__fish_lfn_using_subcommand status" -s h -l help -d 'Print help'
complete -c lfn -n "__fish_lfn_using_subcommand status" -s V -l version -d 'Print version'
complete -c lfn -n "__fish_lfn_using_subcommand list" -l stage -d 'The stage of lambda.yaml to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand list" -l profile -d 'The profile of the AWS configuration files to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand list" -l region -d 'The AWS region' -r
complete -c lfn -n "__fish_lfn_using_subcommand list" -l format -d 'How the answer on standard output is written' -r -f -a "text\t''
json\t''"
complete -c lfn -n "__fish_lfn_using_subcommand list" -l call-timeout -d 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more' -r
complete -c lfn -n "__fish_lfn_using_subcommand list" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c lfn -n "__fish_lfn_using_subcommand list" -l cache-dir -d 'Where installed dependencies and compressed files are kept [default: the user\'s cache folder]' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand list" -l cache-limit -d 'How large that may grow: what was used longest ago goes first' -r
complete -c lfn -n "__fish_lfn_using_subcommand list" -l rate -d 'Requests a second to Lambda\'s control plane, for the whole process; `off` for no limit [default: 15, AWS\'s quota for an account and region; off for a server on this machine]' -r
complete -c lfn -n "__fish_lfn_using_subcommand list" -s C -l dir -d 'Work in this folder' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand list" -l local -d 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
complete -c lfn -n "__fish_lfn_using_subcommand list" -s y -l yes -d 'Do not ask'
complete -c lfn -n "__fish_lfn_using_subcommand list" -s v -l verbose -d 'Show every call to AWS'
complete -c lfn -n "__fish_lfn_using_subcommand list" -s h -l help -d 'Print help'
complete -c lfn -n "__fish_lfn_using_subcommand list" -s V -l version -d 'Print version'
complete -c lfn -n "__fish_lfn_using_subcommand destroy" -l stage -d 'The stage of lambda.yaml to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand destroy" -l profile -d 'The profile of the AWS configuration files to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand destroy" -l region -d 'The AWS region' -r
complete -c lfn -n "__fish_lfn_using_subcommand destroy" -l format -d 'How the answer on standard output is written' -r -f -a "text\t''
json\t''"
complete -c lfn -n "__fish_lfn_using_subcommand destroy" -l call-timeout -d 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more' -r
complete -c lfn -n "__fish_lfn_using_subcommand destroy" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c lfn -n "__fish_lfn_using_subcommand destroy" -l cache-dir -d 'Where installed dependencies and compressed files are kept [default: the user\'s cache folder]' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand destroy" -l cache-limit -d 'How large that may grow: what was used longest ago goes first' -r
complete -c lfn -n "__fish_lfn_using_subcommand destroy" -l rate -d 'Requests a second to Lambda\'s control plane, for the whole process; `off` for no limit [default: 15, AWS\'s quota for an account and region; off for a server on this machine]' -r
complete -c lfn -n "__fish_lfn_using_subcommand destroy" -s C -l dir -d 'Work in this folder' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand destroy" -l dry-run -d 'Show what would be deleted and stop'
complete -c lfn -n "__fish_lfn_using_subcommand destroy" -l local -d 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
complete -c lfn -n "__fish_lfn_using_subcommand destroy" -s y -l yes -d 'Do not ask'
complete -c lfn -n "__fish_lfn_using_subcommand destroy" -s v -l verbose -d 'Show every call to AWS'
complete -c lfn -n "__fish_lfn_using_subcommand destroy" -s h -l help -d 'Print help'
complete -c lfn -n "__fish_lfn_using_subcommand destroy" -s V -l version -d 'Print version'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and not __fish_seen_subcommand_from show why lint suggest tighten help" -l stage -d 'The stage of lambda.yaml to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand policy; and not __fish_seen_subcommand_from show why lint suggest tighten help" -l profile -d 'The profile of the AWS configuration files to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand policy; and not __fish_seen_subcommand_from show why lint suggest tighten help" -l region -d 'The AWS region' -r
complete -c lfn -n "__fish_lfn_using_subcommand policy; and not __fish_seen_subcommand_from show why lint suggest tighten help" -l format -d 'How the answer on standard output is written' -r -f -a "text\t''
json\t''"
complete -c lfn -n "__fish_lfn_using_subcommand policy; and not __fish_seen_subcommand_from show why lint suggest tighten help" -l call-timeout -d 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more' -r
complete -c lfn -n "__fish_lfn_using_subcommand policy; and not __fish_seen_subcommand_from show why lint suggest tighten help" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c lfn -n "__fish_lfn_using_subcommand policy; and not __fish_seen_subcommand_from show why lint suggest tighten help" -l cache-dir -d 'Where installed dependencies and compressed files are kept [default: the user\'s cache folder]' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand policy; and not __fish_seen_subcommand_from show why lint suggest tighten help" -l cache-limit -d 'How large that may grow: what was used longest ago goes first' -r
complete -c lfn -n "__fish_lfn_using_subcommand policy; and not __fish_seen_subcommand_from show why lint suggest tighten help" -l rate -d 'Requests a second to Lambda\'s control plane, for the whole process; `off` for no limit [default: 15, AWS\'s quota for an account and region; off for a server on this machine]' -r
complete -c lfn -n "__fish_lfn_using_subcommand policy; and not __fish_seen_subcommand_from show why lint suggest tighten help" -s C -l dir -d 'Work in this folder' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand policy; and not __fish_seen_subcommand_from show why lint suggest tighten help" -l local -d 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and not __fish_seen_subcommand_from show why lint suggest tighten help" -s y -l yes -d 'Do not ask'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and not __fish_seen_subcommand_from show why lint suggest tighten help" -s v -l verbose -d 'Show every call to AWS'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and not __fish_seen_subcommand_from show why lint suggest tighten help" -s h -l help -d 'Print help'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and not __fish_seen_subcommand_from show why lint suggest tighten help" -s V -l version -d 'Print version'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and not __fish_seen_subcommand_from show why lint suggest tighten help" -f -a "show" -d 'Show what the function\'s role may do, and where in lambda.yaml it comes from'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and not __fish_seen_subcommand_from show why lint suggest tighten help" -f -a "why" -d 'Say whether the function may do something, and which line of lambda.yaml allows it'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and not __fish_seen_subcommand_from show why lint suggest tighten help" -f -a "lint" -d 'Check the function\'s role, policy files, or a role of the account'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and not __fish_seen_subcommand_from show why lint suggest tighten help" -f -a "suggest" -d 'Propose the lines of `allow` that the function\'s code needs'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and not __fish_seen_subcommand_from show why lint suggest tighten help" -f -a "tighten" -d 'Propose which lines of `allow` to remove, by what IAM remembers of the role\'s calls'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and not __fish_seen_subcommand_from show why lint suggest tighten help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from show" -l stage -d 'The stage of lambda.yaml to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from show" -l profile -d 'The profile of the AWS configuration files to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from show" -l region -d 'The AWS region' -r
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from show" -l format -d 'How the answer on standard output is written' -r -f -a "text\t''
json\t''"
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from show" -l call-timeout -d 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more' -r
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from show" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from show" -l cache-dir -d 'Where installed dependencies and compressed files are kept [default: the user\'s cache folder]' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from show" -l cache-limit -d 'How large that may grow: what was used longest ago goes first' -r
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from show" -l rate -d 'Requests a second to Lambda\'s control plane, for the whole process; `off` for no limit [default: 15, AWS\'s quota for an account and region; off for a server on this machine]' -r
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from show" -s C -l dir -d 'Work in this folder' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from show" -l live -d 'Show it for the account and region of the credentials'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from show" -l local -d 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from show" -s y -l yes -d 'Do not ask'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Show every call to AWS'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from show" -s V -l version -d 'Print version'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from why" -l when -d 'A condition key of the call and its value' -r
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from why" -l stage -d 'The stage of lambda.yaml to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from why" -l profile -d 'The profile of the AWS configuration files to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from why" -l region -d 'The AWS region' -r
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from why" -l format -d 'How the answer on standard output is written' -r -f -a "text\t''
json\t''"
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from why" -l call-timeout -d 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more' -r
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from why" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from why" -l cache-dir -d 'Where installed dependencies and compressed files are kept [default: the user\'s cache folder]' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from why" -l cache-limit -d 'How large that may grow: what was used longest ago goes first' -r
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from why" -l rate -d 'Requests a second to Lambda\'s control plane, for the whole process; `off` for no limit [default: 15, AWS\'s quota for an account and region; off for a server on this machine]' -r
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from why" -s C -l dir -d 'Work in this folder' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from why" -l live -d 'Ask for the account and region of the credentials'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from why" -l local -d 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from why" -s y -l yes -d 'Do not ask'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from why" -s v -l verbose -d 'Show every call to AWS'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from why" -s h -l help -d 'Print help'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from why" -s V -l version -d 'Print version'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from lint" -l role -d 'Check this role as it is in the account' -r
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from lint" -l accept -d 'Set the findings of a rule aside; in lambda.yaml, write `accept` beside the statement' -r
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from lint" -l because -d 'Why they are meant to be so' -r
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from lint" -l stage -d 'The stage of lambda.yaml to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from lint" -l profile -d 'The profile of the AWS configuration files to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from lint" -l region -d 'The AWS region' -r
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from lint" -l format -d 'How the answer on standard output is written' -r -f -a "text\t''
json\t''"
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from lint" -l call-timeout -d 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more' -r
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from lint" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from lint" -l cache-dir -d 'Where installed dependencies and compressed files are kept [default: the user\'s cache folder]' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from lint" -l cache-limit -d 'How large that may grow: what was used longest ago goes first' -r
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from lint" -l rate -d 'Requests a second to Lambda\'s control plane, for the whole process; `off` for no limit [default: 15, AWS\'s quota for an account and region; off for a server on this machine]' -r
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from lint" -s C -l dir -d 'Work in this folder' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from lint" -l live -d 'Check the function\'s own role as it is in the account'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from lint" -l sarif -d 'Write the answer as SARIF 2.1.0'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from lint" -l rules -d 'List the rules'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from lint" -l local -d 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from lint" -s y -l yes -d 'Do not ask'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from lint" -s v -l verbose -d 'Show every call to AWS'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from lint" -s h -l help -d 'Print help'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from lint" -s V -l version -d 'Print version'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from suggest" -l stage -d 'The stage of lambda.yaml to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from suggest" -l profile -d 'The profile of the AWS configuration files to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from suggest" -l region -d 'The AWS region' -r
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from suggest" -l format -d 'How the answer on standard output is written' -r -f -a "text\t''
json\t''"
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from suggest" -l call-timeout -d 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more' -r
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from suggest" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from suggest" -l cache-dir -d 'Where installed dependencies and compressed files are kept [default: the user\'s cache folder]' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from suggest" -l cache-limit -d 'How large that may grow: what was used longest ago goes first' -r
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from suggest" -l rate -d 'Requests a second to Lambda\'s control plane, for the whole process; `off` for no limit [default: 15, AWS\'s quota for an account and region; off for a server on this machine]' -r
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from suggest" -s C -l dir -d 'Work in this folder' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from suggest" -l write -d 'Add the lines to lambda.yaml'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from suggest" -l check -d 'Fail when code needs what `allow` does not give, or `allow` gives what no code calls'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from suggest" -l sarif -d 'Write the answer of `--check` as SARIF 2.1.0'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from suggest" -l local -d 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from suggest" -s y -l yes -d 'Do not ask'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from suggest" -s v -l verbose -d 'Show every call to AWS'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from suggest" -s h -l help -d 'Print help'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from suggest" -s V -l version -d 'Print version'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from tighten" -l older-than -d 'How long a right must have been unused, up to 400d' -r
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from tighten" -l stage -d 'The stage of lambda.yaml to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from tighten" -l profile -d 'The profile of the AWS configuration files to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from tighten" -l region -d 'The AWS region' -r
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from tighten" -l format -d 'How the answer on standard output is written' -r -f -a "text\t''
json\t''"
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from tighten" -l call-timeout -d 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more' -r
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from tighten" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from tighten" -l cache-dir -d 'Where installed dependencies and compressed files are kept [default: the user\'s cache folder]' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from tighten" -l cache-limit -d 'How large that may grow: what was used longest ago goes first' -r
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from tighten" -l rate -d 'Requests a second to Lambda\'s control plane, for the whole process; `off` for no limit [default: 15, AWS\'s quota for an account and region; off for a server on this machine]' -r
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from tighten" -s C -l dir -d 'Work in this folder' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from tighten" -l write -d 'Change lambda.yaml as proposed'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from tighten" -l local -d 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from tighten" -s y -l yes -d 'Do not ask'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from tighten" -s v -l verbose -d 'Show every call to AWS'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from tighten" -s h -l help -d 'Print help'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from tighten" -s V -l version -d 'Print version'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show what the function\'s role may do, and where in lambda.yaml it comes from'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from help" -f -a "why" -d 'Say whether the function may do something, and which line of lambda.yaml allows it'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from help" -f -a "lint" -d 'Check the function\'s role, policy files, or a role of the account'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from help" -f -a "suggest" -d 'Propose the lines of `allow` that the function\'s code needs'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from help" -f -a "tighten" -d 'Propose which lines of `allow` to remove, by what IAM remembers of the role\'s calls'
complete -c lfn -n "__fish_lfn_using_subcommand policy; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c lfn -n "__fish_lfn_using_subcommand ci; and not __fish_seen_subcommand_from policy github help" -l stage -d 'The stage of lambda.yaml to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand ci; and not __fish_seen_subcommand_from policy github help" -l profile -d 'The profile of the AWS configuration files to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand ci; and not __fish_seen_subcommand_from policy github help" -l region -d 'The AWS region' -r
complete -c lfn -n "__fish_lfn_using_subcommand ci; and not __fish_seen_subcommand_from policy github help" -l format -d 'How the answer on standard output is written' -r -f -a "text\t''
json\t''"
complete -c lfn -n "__fish_lfn_using_subcommand ci; and not __fish_seen_subcommand_from policy github help" -l call-timeout -d 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more' -r
complete -c lfn -n "__fish_lfn_using_subcommand ci; and not __fish_seen_subcommand_from policy github help" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c lfn -n "__fish_lfn_using_subcommand ci; and not __fish_seen_subcommand_from policy github help" -l cache-dir -d 'Where installed dependencies and compressed files are kept [default: the user\'s cache folder]' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand ci; and not __fish_seen_subcommand_from policy github help" -l cache-limit -d 'How large that may grow: what was used longest ago goes first' -r
complete -c lfn -n "__fish_lfn_using_subcommand ci; and not __fish_seen_subcommand_from policy github help" -l rate -d 'Requests a second to Lambda\'s control plane, for the whole process; `off` for no limit [default: 15, AWS\'s quota for an account and region; off for a server on this machine]' -r
complete -c lfn -n "__fish_lfn_using_subcommand ci; and not __fish_seen_subcommand_from policy github help" -s C -l dir -d 'Work in this folder' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand ci; and not __fish_seen_subcommand_from policy github help" -l local -d 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
complete -c lfn -n "__fish_lfn_using_subcommand ci; and not __fish_seen_subcommand_from policy github help" -s y -l yes -d 'Do not ask'
complete -c lfn -n "__fish_lfn_using_subcommand ci; and not __fish_seen_subcommand_from policy github help" -s v -l verbose -d 'Show every call to AWS'
complete -c lfn -n "__fish_lfn_using_subcommand ci; and not __fish_seen_subcommand_from policy github help" -s h -l help -d 'Print help'
complete -c lfn -n "__fish_lfn_using_subcommand ci; and not __fish_seen_subcommand_from policy github help" -s V -l version -d 'Print version'
complete -c lfn -n "__fish_lfn_using_subcommand ci; and not __fish_seen_subcommand_from policy github help" -f -a "policy" -d 'Print the smallest policy for the identity that runs lfn'
complete -c lfn -n "__fish_lfn_using_subcommand ci; and not __fish_seen_subcommand_from policy github help" -f -a "github" -d 'Print the trust policy and a workflow for GitHub Actions'
complete -c lfn -n "__fish_lfn_using_subcommand ci; and not __fish_seen_subcommand_from policy github help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c lfn -n "__fish_lfn_using_subcommand ci; and __fish_seen_subcommand_from policy" -l for -d 'What the identity does' -r -f -a "plan\t'Read only: plan, status, alias list, versions list'
deploy\t'Deploy and release, with all that they read'
invoke\t'Call the function'
destroy\t'Delete what lfn made'
layers\t'Publish the function\'s dependencies as a layer'
prune\t'Remove old versions; with `release.keep`, deploy does it too'
tighten\t'Ask what the role has called'
codedeploy\t'Hand traffic to CodeDeploy, with all that it reads; with `destroy`, remove it there'"
complete -c lfn -n "__fish_lfn_using_subcommand ci; and __fish_seen_subcommand_from policy" -l stage -d 'The stage of lambda.yaml to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand ci; and __fish_seen_subcommand_from policy" -l profile -d 'The profile of the AWS configuration files to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand ci; and __fish_seen_subcommand_from policy" -l region -d 'The AWS region' -r
complete -c lfn -n "__fish_lfn_using_subcommand ci; and __fish_seen_subcommand_from policy" -l format -d 'How the answer on standard output is written' -r -f -a "text\t''
json\t''"
complete -c lfn -n "__fish_lfn_using_subcommand ci; and __fish_seen_subcommand_from policy" -l call-timeout -d 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more' -r
complete -c lfn -n "__fish_lfn_using_subcommand ci; and __fish_seen_subcommand_from policy" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c lfn -n "__fish_lfn_using_subcommand ci; and __fish_seen_subcommand_from policy" -l cache-dir -d 'Where installed dependencies and compressed files are kept [default: the user\'s cache folder]' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand ci; and __fish_seen_subcommand_from policy" -l cache-limit -d 'How large that may grow: what was used longest ago goes first' -r
complete -c lfn -n "__fish_lfn_using_subcommand ci; and __fish_seen_subcommand_from policy" -l rate -d 'Requests a second to Lambda\'s control plane, for the whole process; `off` for no limit [default: 15, AWS\'s quota for an account and region; off for a server on this machine]' -r
complete -c lfn -n "__fish_lfn_using_subcommand ci; and __fish_seen_subcommand_from policy" -s C -l dir -d 'Work in this folder' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand ci; and __fish_seen_subcommand_from policy" -l large-archives -d 'Allow archives above 50 MB, which go through a bucket; so does `package.bucket`'
complete -c lfn -n "__fish_lfn_using_subcommand ci; and __fish_seen_subcommand_from policy" -l local -d 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
complete -c lfn -n "__fish_lfn_using_subcommand ci; and __fish_seen_subcommand_from policy" -s y -l yes -d 'Do not ask'
complete -c lfn -n "__fish_lfn_using_subcommand ci; and __fish_seen_subcommand_from policy" -s v -l verbose -d 'Show every call to AWS'
complete -c lfn -n "__fish_lfn_using_subcommand ci; and __fish_seen_subcommand_from policy" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c lfn -n "__fish_lfn_using_subcommand ci; and __fish_seen_subcommand_from policy" -s V -l version -d 'Print version'
complete -c lfn -n "__fish_lfn_using_subcommand ci; and __fish_seen_subcommand_from github" -l repository -d 'The repository, as GitHub names it in its tokens: OWNER/NAME, or OWNER@ID/NAME@ID' -r
complete -c lfn -n "__fish_lfn_using_subcommand ci; and __fish_seen_subcommand_from github" -l environment -d 'The environment of GitHub whose jobs may deploy' -r
complete -c lfn -n "__fish_lfn_using_subcommand ci; and __fish_seen_subcommand_from github" -l role-name -d 'The name of the role that the workflow assumes' -r
complete -c lfn -n "__fish_lfn_using_subcommand ci; and __fish_seen_subcommand_from github" -l stage -d 'The stage of lambda.yaml to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand ci; and __fish_seen_subcommand_from github" -l profile -d 'The profile of the AWS configuration files to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand ci; and __fish_seen_subcommand_from github" -l region -d 'The AWS region' -r
complete -c lfn -n "__fish_lfn_using_subcommand ci; and __fish_seen_subcommand_from github" -l format -d 'How the answer on standard output is written' -r -f -a "text\t''
json\t''"
complete -c lfn -n "__fish_lfn_using_subcommand ci; and __fish_seen_subcommand_from github" -l call-timeout -d 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more' -r
complete -c lfn -n "__fish_lfn_using_subcommand ci; and __fish_seen_subcommand_from github" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c lfn -n "__fish_lfn_using_subcommand ci; and __fish_seen_subcommand_from github" -l cache-dir -d 'Where installed dependencies and compressed files are kept [default: the user\'s cache folder]' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand ci; and __fish_seen_subcommand_from github" -l cache-limit -d 'How large that may grow: what was used longest ago goes first' -r
complete -c lfn -n "__fish_lfn_using_subcommand ci; and __fish_seen_subcommand_from github" -l rate -d 'Requests a second to Lambda\'s control plane, for the whole process; `off` for no limit [default: 15, AWS\'s quota for an account and region; off for a server on this machine]' -r
complete -c lfn -n "__fish_lfn_using_subcommand ci; and __fish_seen_subcommand_from github" -s C -l dir -d 'Work in this folder' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand ci; and __fish_seen_subcommand_from github" -l local -d 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
complete -c lfn -n "__fish_lfn_using_subcommand ci; and __fish_seen_subcommand_from github" -s y -l yes -d 'Do not ask'
complete -c lfn -n "__fish_lfn_using_subcommand ci; and __fish_seen_subcommand_from github" -s v -l verbose -d 'Show every call to AWS'
complete -c lfn -n "__fish_lfn_using_subcommand ci; and __fish_seen_subcommand_from github" -s h -l help -d 'Print help'
complete -c lfn -n "__fish_lfn_using_subcommand ci; and __fish_seen_subcommand_from github" -s V -l version -d 'Print version'
complete -c lfn -n "__fish_lfn_using_subcommand ci; and __fish_seen_subcommand_from help" -f -a "policy" -d 'Print the smallest policy for the identity that runs lfn'
complete -c lfn -n "__fish_lfn_using_subcommand ci; and __fish_seen_subcommand_from help" -f -a "github" -d 'Print the trust policy and a workflow for GitHub Actions'
complete -c lfn -n "__fish_lfn_using_subcommand ci; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c lfn -n "__fish_lfn_using_subcommand schema" -s o -l output -d 'Write to this file instead of standard output' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand schema" -l stage -d 'The stage of lambda.yaml to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand schema" -l profile -d 'The profile of the AWS configuration files to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand schema" -l region -d 'The AWS region' -r
complete -c lfn -n "__fish_lfn_using_subcommand schema" -l format -d 'How the answer on standard output is written' -r -f -a "text\t''
json\t''"
complete -c lfn -n "__fish_lfn_using_subcommand schema" -l call-timeout -d 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more' -r
complete -c lfn -n "__fish_lfn_using_subcommand schema" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c lfn -n "__fish_lfn_using_subcommand schema" -l cache-dir -d 'Where installed dependencies and compressed files are kept [default: the user\'s cache folder]' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand schema" -l cache-limit -d 'How large that may grow: what was used longest ago goes first' -r
complete -c lfn -n "__fish_lfn_using_subcommand schema" -l rate -d 'Requests a second to Lambda\'s control plane, for the whole process; `off` for no limit [default: 15, AWS\'s quota for an account and region; off for a server on this machine]' -r
complete -c lfn -n "__fish_lfn_using_subcommand schema" -s C -l dir -d 'Work in this folder' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand schema" -l local -d 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
complete -c lfn -n "__fish_lfn_using_subcommand schema" -s y -l yes -d 'Do not ask'
complete -c lfn -n "__fish_lfn_using_subcommand schema" -s v -l verbose -d 'Show every call to AWS'
complete -c lfn -n "__fish_lfn_using_subcommand schema" -s h -l help -d 'Print help'
complete -c lfn -n "__fish_lfn_using_subcommand schema" -s V -l version -d 'Print version'
complete -c lfn -n "__fish_lfn_using_subcommand completions" -l stage -d 'The stage of lambda.yaml to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand completions" -l profile -d 'The profile of the AWS configuration files to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand completions" -l region -d 'The AWS region' -r
complete -c lfn -n "__fish_lfn_using_subcommand completions" -l format -d 'How the answer on standard output is written' -r -f -a "text\t''
json\t''"
complete -c lfn -n "__fish_lfn_using_subcommand completions" -l call-timeout -d 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more' -r
complete -c lfn -n "__fish_lfn_using_subcommand completions" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c lfn -n "__fish_lfn_using_subcommand completions" -l cache-dir -d 'Where installed dependencies and compressed files are kept [default: the user\'s cache folder]' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand completions" -l cache-limit -d 'How large that may grow: what was used longest ago goes first' -r
complete -c lfn -n "__fish_lfn_using_subcommand completions" -l rate -d 'Requests a second to Lambda\'s control plane, for the whole process; `off` for no limit [default: 15, AWS\'s quota for an account and region; off for a server on this machine]' -r
complete -c lfn -n "__fish_lfn_using_subcommand completions" -s C -l dir -d 'Work in this folder' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand completions" -l local -d 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
complete -c lfn -n "__fish_lfn_using_subcommand completions" -s y -l yes -d 'Do not ask'
complete -c lfn -n "__fish_lfn_using_subcommand completions" -s v -l verbose -d 'Show every call to AWS'
complete -c lfn -n "__fish_lfn_using_subcommand completions" -s h -l help -d 'Print help'
complete -c lfn -n "__fish_lfn_using_subcommand completions" -s V -l version -d 'Print version'
complete -c lfn -n "__fish_lfn_using_subcommand event; and not __fish_seen_subcommand_from list show help" -l stage -d 'The stage of lambda.yaml to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand event; and not __fish_seen_subcommand_from list show help" -l profile -d 'The profile of the AWS configuration files to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand event; and not __fish_seen_subcommand_from list show help" -l region -d 'The AWS region' -r
complete -c lfn -n "__fish_lfn_using_subcommand event; and not __fish_seen_subcommand_from list show help" -l format -d 'How the answer on standard output is written' -r -f -a "text\t''
json\t''"
complete -c lfn -n "__fish_lfn_using_subcommand event; and not __fish_seen_subcommand_from list show help" -l call-timeout -d 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more' -r
complete -c lfn -n "__fish_lfn_using_subcommand event; and not __fish_seen_subcommand_from list show help" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c lfn -n "__fish_lfn_using_subcommand event; and not __fish_seen_subcommand_from list show help" -l cache-dir -d 'Where installed dependencies and compressed files are kept [default: the user\'s cache folder]' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand event; and not __fish_seen_subcommand_from list show help" -l cache-limit -d 'How large that may grow: what was used longest ago goes first' -r
complete -c lfn -n "__fish_lfn_using_subcommand event; and not __fish_seen_subcommand_from list show help" -l rate -d 'Requests a second to Lambda\'s control plane, for the whole process; `off` for no limit [default: 15, AWS\'s quota for an account and region; off for a server on this machine]' -r
complete -c lfn -n "__fish_lfn_using_subcommand event; and not __fish_seen_subcommand_from list show help" -s C -l dir -d 'Work in this folder' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand event; and not __fish_seen_subcommand_from list show help" -l local -d 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
complete -c lfn -n "__fish_lfn_using_subcommand event; and not __fish_seen_subcommand_from list show help" -s y -l yes -d 'Do not ask'
complete -c lfn -n "__fish_lfn_using_subcommand event; and not __fish_seen_subcommand_from list show help" -s v -l verbose -d 'Show every call to AWS'
complete -c lfn -n "__fish_lfn_using_subcommand event; and not __fish_seen_subcommand_from list show help" -s h -l help -d 'Print help'
complete -c lfn -n "__fish_lfn_using_subcommand event; and not __fish_seen_subcommand_from list show help" -s V -l version -d 'Print version'
complete -c lfn -n "__fish_lfn_using_subcommand event; and not __fish_seen_subcommand_from list show help" -f -a "list" -d 'List the services and kinds of events, or what can be chosen about one'
complete -c lfn -n "__fish_lfn_using_subcommand event; and not __fish_seen_subcommand_from list show help" -f -a "show" -d 'Print a sample event'
complete -c lfn -n "__fish_lfn_using_subcommand event; and not __fish_seen_subcommand_from list show help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c lfn -n "__fish_lfn_using_subcommand event; and __fish_seen_subcommand_from list" -l stage -d 'The stage of lambda.yaml to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand event; and __fish_seen_subcommand_from list" -l profile -d 'The profile of the AWS configuration files to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand event; and __fish_seen_subcommand_from list" -l region -d 'The AWS region' -r
complete -c lfn -n "__fish_lfn_using_subcommand event; and __fish_seen_subcommand_from list" -l format -d 'How the answer on standard output is written' -r -f -a "text\t''
json\t''"
complete -c lfn -n "__fish_lfn_using_subcommand event; and __fish_seen_subcommand_from list" -l call-timeout -d 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more' -r
complete -c lfn -n "__fish_lfn_using_subcommand event; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c lfn -n "__fish_lfn_using_subcommand event; and __fish_seen_subcommand_from list" -l cache-dir -d 'Where installed dependencies and compressed files are kept [default: the user\'s cache folder]' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand event; and __fish_seen_subcommand_from list" -l cache-limit -d 'How large that may grow: what was used longest ago goes first' -r
complete -c lfn -n "__fish_lfn_using_subcommand event; and __fish_seen_subcommand_from list" -l rate -d 'Requests a second to Lambda\'s control plane, for the whole process; `off` for no limit [default: 15, AWS\'s quota for an account and region; off for a server on this machine]' -r
complete -c lfn -n "__fish_lfn_using_subcommand event; and __fish_seen_subcommand_from list" -s C -l dir -d 'Work in this folder' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand event; and __fish_seen_subcommand_from list" -l local -d 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
complete -c lfn -n "__fish_lfn_using_subcommand event; and __fish_seen_subcommand_from list" -s y -l yes -d 'Do not ask'
complete -c lfn -n "__fish_lfn_using_subcommand event; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Show every call to AWS'
complete -c lfn -n "__fish_lfn_using_subcommand event; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c lfn -n "__fish_lfn_using_subcommand event; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c lfn -n "__fish_lfn_using_subcommand event; and __fish_seen_subcommand_from show" -l count -d 'The number of records' -r
complete -c lfn -n "__fish_lfn_using_subcommand event; and __fish_seen_subcommand_from show" -l account -d 'The account [default: that of lambda.yaml, or 123456789012]' -r
complete -c lfn -n "__fish_lfn_using_subcommand event; and __fish_seen_subcommand_from show" -l time -d 'When it happened, as RFC 3339 [default: 2026-01-15T09:30:00.250Z]' -r
complete -c lfn -n "__fish_lfn_using_subcommand event; and __fish_seen_subcommand_from show" -l set -d 'Put JSON into any place of the event, such as /Records/0/awsRegion=\'"eu-west-1"\'' -r
complete -c lfn -n "__fish_lfn_using_subcommand event; and __fish_seen_subcommand_from show" -s o -l output -d 'Write to this file, such as events/put.json' -r
complete -c lfn -n "__fish_lfn_using_subcommand event; and __fish_seen_subcommand_from show" -l stage -d 'The stage of lambda.yaml to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand event; and __fish_seen_subcommand_from show" -l profile -d 'The profile of the AWS configuration files to use' -r
complete -c lfn -n "__fish_lfn_using_subcommand event; and __fish_seen_subcommand_from show" -l region -d 'The AWS region' -r
complete -c lfn -n "__fish_lfn_using_subcommand event; and __fish_seen_subcommand_from show" -l format -d 'How the answer on standard output is written' -r -f -a "text\t''
json\t''"
complete -c lfn -n "__fish_lfn_using_subcommand event; and __fish_seen_subcommand_from show" -l call-timeout -d 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more' -r
complete -c lfn -n "__fish_lfn_using_subcommand event; and __fish_seen_subcommand_from show" -l color -d 'When to use colour' -r -f -a "auto\t''
always\t''
never\t''"
complete -c lfn -n "__fish_lfn_using_subcommand event; and __fish_seen_subcommand_from show" -l cache-dir -d 'Where installed dependencies and compressed files are kept [default: the user\'s cache folder]' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand event; and __fish_seen_subcommand_from show" -l cache-limit -d 'How large that may grow: what was used longest ago goes first' -r
complete -c lfn -n "__fish_lfn_using_subcommand event; and __fish_seen_subcommand_from show" -l rate -d 'Requests a second to Lambda\'s control plane, for the whole process; `off` for no limit [default: 15, AWS\'s quota for an account and region; off for a server on this machine]' -r
complete -c lfn -n "__fish_lfn_using_subcommand event; and __fish_seen_subcommand_from show" -s C -l dir -d 'Work in this folder' -r -F
complete -c lfn -n "__fish_lfn_using_subcommand event; and __fish_seen_subcommand_from show" -l local -d 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
complete -c lfn -n "__fish_lfn_using_subcommand event; and __fish_seen_subcommand_from show" -s y -l yes -d 'Do not ask'
complete -c lfn -n "__fish_lfn_using_subcommand event; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Show every call to AWS'
complete -c lfn -n "__fish_lfn_using_subcommand event; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c lfn -n "__fish_lfn_using_subcommand event; and __fish_seen_subcommand_from show" -s V -l version -d 'Print version'
complete -c lfn -n "__fish_lfn_using_subcommand event; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the services and kinds of events, or what can be chosen about one'
complete -c lfn -n "__fish_lfn_using_subcommand event; and __fish_seen_subcommand_from help" -f -a "show" -d 'Print a sample event'
complete -c lfn -n "__fish_lfn_using_subcommand event; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c lfn -n "__fish_lfn_using_subcommand help; and not __fish_seen_subcommand_from init validate package plan deploy invoke dev test alias versions layer status list destroy policy ci schema completions event help" -f -a "init" -d 'Make a new function from a template'
complete -c lfn -n "__fish_lfn_using_subcommand help; and not __fish_seen_subcommand_from init validate package plan deploy invoke dev test alias versions layer status list destroy policy ci schema completions event help" -f -a "validate" -d 'Check lambda.yaml without asking AWS'
complete -c lfn -n "__fish_lfn_using_subcommand help; and not __fish_seen_subcommand_from init validate package plan deploy invoke dev test alias versions layer status list destroy policy ci schema completions event help" -f -a "package" -d 'Build the archive that a deploy would upload'
complete -c lfn -n "__fish_lfn_using_subcommand help; and not __fish_seen_subcommand_from init validate package plan deploy invoke dev test alias versions layer status list destroy policy ci schema completions event help" -f -a "plan" -d 'Show what a deploy would change'
complete -c lfn -n "__fish_lfn_using_subcommand help; and not __fish_seen_subcommand_from init validate package plan deploy invoke dev test alias versions layer status list destroy policy ci schema completions event help" -f -a "deploy" -d 'Make AWS match lambda.yaml: package, plan, ask, apply'
complete -c lfn -n "__fish_lfn_using_subcommand help; and not __fish_seen_subcommand_from init validate package plan deploy invoke dev test alias versions layer status list destroy policy ci schema completions event help" -f -a "invoke" -d 'Call the function and show its result, figures and log'
complete -c lfn -n "__fish_lfn_using_subcommand help; and not __fish_seen_subcommand_from init validate package plan deploy invoke dev test alias versions layer status list destroy policy ci schema completions event help" -f -a "dev" -d 'Keep the function up on this machine, for SDKs, the AWS CLI and browsers'
complete -c lfn -n "__fish_lfn_using_subcommand help; and not __fish_seen_subcommand_from init validate package plan deploy invoke dev test alias versions layer status list destroy policy ci schema completions event help" -f -a "test" -d 'Call the function with the events of a folder and check what it returns'
complete -c lfn -n "__fish_lfn_using_subcommand help; and not __fish_seen_subcommand_from init validate package plan deploy invoke dev test alias versions layer status list destroy policy ci schema completions event help" -f -a "alias" -d 'Show and move aliases'
complete -c lfn -n "__fish_lfn_using_subcommand help; and not __fish_seen_subcommand_from init validate package plan deploy invoke dev test alias versions layer status list destroy policy ci schema completions event help" -f -a "versions" -d 'Show and remove published versions'
complete -c lfn -n "__fish_lfn_using_subcommand help; and not __fish_seen_subcommand_from init validate package plan deploy invoke dev test alias versions layer status list destroy policy ci schema completions event help" -f -a "layer" -d 'Publish dependencies as a layer, and list its versions'
complete -c lfn -n "__fish_lfn_using_subcommand help; and not __fish_seen_subcommand_from init validate package plan deploy invoke dev test alias versions layer status list destroy policy ci schema completions event help" -f -a "status" -d 'Show one function: state, configuration, aliases'
complete -c lfn -n "__fish_lfn_using_subcommand help; and not __fish_seen_subcommand_from init validate package plan deploy invoke dev test alias versions layer status list destroy policy ci schema completions event help" -f -a "list" -d 'List the functions of the account and region'
complete -c lfn -n "__fish_lfn_using_subcommand help; and not __fish_seen_subcommand_from init validate package plan deploy invoke dev test alias versions layer status list destroy policy ci schema completions event help" -f -a "destroy" -d 'Delete what lfn made for this function, and nothing else'
complete -c lfn -n "__fish_lfn_using_subcommand help; and not __fish_seen_subcommand_from init validate package plan deploy invoke dev test alias versions layer status list destroy policy ci schema completions event help" -f -a "policy" -d 'Show, explain and check what the function may do'
complete -c lfn -n "__fish_lfn_using_subcommand help; and not __fish_seen_subcommand_from init validate package plan deploy invoke dev test alias versions layer status list destroy policy ci schema completions event help" -f -a "ci" -d 'What a pipeline needs to run lfn'
complete -c lfn -n "__fish_lfn_using_subcommand help; and not __fish_seen_subcommand_from init validate package plan deploy invoke dev test alias versions layer status list destroy policy ci schema completions event help" -f -a "schema" -d 'Print the JSON Schema of lambda.yaml, for editors'
complete -c lfn -n "__fish_lfn_using_subcommand help; and not __fish_seen_subcommand_from init validate package plan deploy invoke dev test alias versions layer status list destroy policy ci schema completions event help" -f -a "completions" -d 'Print the completion script of a shell'
complete -c lfn -n "__fish_lfn_using_subcommand help; and not __fish_seen_subcommand_from init validate package plan deploy invoke dev test alias versions layer status list destroy policy ci schema completions event help" -f -a "event" -d 'Show sample events of the services that call functions'
complete -c lfn -n "__fish_lfn_using_subcommand help; and not __fish_seen_subcommand_from init validate package plan deploy invoke dev test alias versions layer status list destroy policy ci schema completions event help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c lfn -n "__fish_lfn_using_subcommand help; and __fish_seen_subcommand_from alias" -f -a "list" -d 'List the aliases and what they point at'
complete -c lfn -n "__fish_lfn_using_subcommand help; and __fish_seen_subcommand_from alias" -f -a "promote" -d 'Point an alias at a version: the newest one by default'
complete -c lfn -n "__fish_lfn_using_subcommand help; and __fish_seen_subcommand_from alias" -f -a "rollback" -d 'Return an alias to what it pointed at before'
complete -c lfn -n "__fish_lfn_using_subcommand help; and __fish_seen_subcommand_from alias" -f -a "history" -d 'Show what an alias pointed at, when, by whom and why'
complete -c lfn -n "__fish_lfn_using_subcommand help; and __fish_seen_subcommand_from alias" -f -a "delete" -d 'Delete an alias; its version stays'
complete -c lfn -n "__fish_lfn_using_subcommand help; and __fish_seen_subcommand_from versions" -f -a "list" -d 'List the published versions, newest first, and who uses them'
complete -c lfn -n "__fish_lfn_using_subcommand help; and __fish_seen_subcommand_from versions" -f -a "prune" -d 'Remove old versions that nothing leads to, and their archives'
complete -c lfn -n "__fish_lfn_using_subcommand help; and __fish_seen_subcommand_from layer" -f -a "publish" -d 'Publish the dependencies of the function as a layer, unless a version has them already'
complete -c lfn -n "__fish_lfn_using_subcommand help; and __fish_seen_subcommand_from layer" -f -a "list" -d 'List the versions of a layer, newest first'
complete -c lfn -n "__fish_lfn_using_subcommand help; and __fish_seen_subcommand_from policy" -f -a "show" -d 'Show what the function\'s role may do, and where in lambda.yaml it comes from'
complete -c lfn -n "__fish_lfn_using_subcommand help; and __fish_seen_subcommand_from policy" -f -a "why" -d 'Say whether the function may do something, and which line of lambda.yaml allows it'
complete -c lfn -n "__fish_lfn_using_subcommand help; and __fish_seen_subcommand_from policy" -f -a "lint" -d 'Check the function\'s role, policy files, or a role of the account'
complete -c lfn -n "__fish_lfn_using_subcommand help; and __fish_seen_subcommand_from policy" -f -a "suggest" -d 'Propose the lines of `allow` that the function\'s code needs'
complete -c lfn -n "__fish_lfn_using_subcommand help; and __fish_seen_subcommand_from policy" -f -a "tighten" -d 'Propose which lines of `allow` to remove, by what IAM remembers of the role\'s calls'
complete -c lfn -n "__fish_lfn_using_subcommand help; and __fish_seen_subcommand_from ci" -f -a "policy" -d 'Print the smallest policy for the identity that runs lfn'
complete -c lfn -n "__fish_lfn_using_subcommand help; and __fish_seen_subcommand_from ci" -f -a "github" -d 'Print the trust policy and a workflow for GitHub Actions'
complete -c lfn -n "__fish_lfn_using_subcommand help; and __fish_seen_subcommand_from event" -f -a "list" -d 'List the services and kinds of events, or what can be chosen about one'
complete -c lfn -n "__fish_lfn_using_subcommand help; and __fish_seen_subcommand_from event" -f -a "show" -d 'Print a sample event'
