
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'lfn' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'lfn'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'lfn' {
            [CompletionResult]::new('--stage', '--stage', [CompletionResultType]::ParameterName, 'The stage of lambda.yaml to use')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of the AWS configuration files to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the answer on standard output is written')
            [CompletionResult]::new('--call-timeout', '--call-timeout', [CompletionResultType]::ParameterName, 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]')
            [CompletionResult]::new('--cache-limit', '--cache-limit', [CompletionResultType]::ParameterName, 'How large that may grow: what was used longest ago goes first')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Requests a second to Lambda''s control plane, for the whole process; `off` for no limit [default: 15, AWS''s quota for an account and region; off for a server on this machine]')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'Use the embedded Lambda in `.lfn/local/` instead of AWS')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Make a new function from a template')
            [CompletionResult]::new('validate', 'validate', [CompletionResultType]::ParameterValue, 'Check lambda.yaml without asking AWS')
            [CompletionResult]::new('package', 'package', [CompletionResultType]::ParameterValue, 'Build the archive that a deploy would upload')
            [CompletionResult]::new('plan', 'plan', [CompletionResultType]::ParameterValue, 'Show what a deploy would change')
            [CompletionResult]::new('deploy', 'deploy', [CompletionResultType]::ParameterValue, 'Make AWS match lambda.yaml: package, plan, ask, apply')
            [CompletionResult]::new('invoke', 'invoke', [CompletionResultType]::ParameterValue, 'Call the function and show its result, figures and log')
            [CompletionResult]::new('dev', 'dev', [CompletionResultType]::ParameterValue, 'Keep the function up on this machine, for SDKs, the AWS CLI and browsers')
            [CompletionResult]::new('test', 'test', [CompletionResultType]::ParameterValue, 'Call the function with the events of a folder and check what it returns')
            [CompletionResult]::new('alias', 'alias', [CompletionResultType]::ParameterValue, 'Show and move aliases')
            [CompletionResult]::new('versions', 'versions', [CompletionResultType]::ParameterValue, 'Show and remove published versions')
            [CompletionResult]::new('layer', 'layer', [CompletionResultType]::ParameterValue, 'Publish dependencies as a layer, and list its versions')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show one function: state, configuration, aliases')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the functions of the account and region')
            [CompletionResult]::new('destroy', 'destroy', [CompletionResultType]::ParameterValue, 'Delete what lfn made for this function, and nothing else')
            [CompletionResult]::new('policy', 'policy', [CompletionResultType]::ParameterValue, 'Show, explain and check what the function may do')
            [CompletionResult]::new('ci', 'ci', [CompletionResultType]::ParameterValue, 'What a pipeline needs to run lfn')
            [CompletionResult]::new('schema', 'schema', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of lambda.yaml, for editors')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completion script of a shell')
            [CompletionResult]::new('event', 'event', [CompletionResultType]::ParameterValue, 'Show sample events of the services that call functions')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'lfn;init' {
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'The template: node, python or custom')
            [CompletionResult]::new('--template', '--template', [CompletionResultType]::ParameterName, 'The template: node, python or custom')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'The function''s name [default: the folder''s]')
            [CompletionResult]::new('--stage', '--stage', [CompletionResultType]::ParameterName, 'The stage of lambda.yaml to use')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of the AWS configuration files to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the answer on standard output is written')
            [CompletionResult]::new('--call-timeout', '--call-timeout', [CompletionResultType]::ParameterName, 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]')
            [CompletionResult]::new('--cache-limit', '--cache-limit', [CompletionResultType]::ParameterName, 'How large that may grow: what was used longest ago goes first')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Requests a second to Lambda''s control plane, for the whole process; `off` for no limit [default: 15, AWS''s quota for an account and region; off for a server on this machine]')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'Use the embedded Lambda in `.lfn/local/` instead of AWS')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'lfn;validate' {
            [CompletionResult]::new('--stage', '--stage', [CompletionResultType]::ParameterName, 'The stage of lambda.yaml to use')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of the AWS configuration files to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the answer on standard output is written')
            [CompletionResult]::new('--call-timeout', '--call-timeout', [CompletionResultType]::ParameterName, 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]')
            [CompletionResult]::new('--cache-limit', '--cache-limit', [CompletionResultType]::ParameterName, 'How large that may grow: what was used longest ago goes first')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Requests a second to Lambda''s control plane, for the whole process; `off` for no limit [default: 15, AWS''s quota for an account and region; off for a server on this machine]')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'Use the embedded Lambda in `.lfn/local/` instead of AWS')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'lfn;package' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write to this file [default: .lfn/NAME.zip]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write to this file [default: .lfn/NAME.zip]')
            [CompletionResult]::new('--report', '--report', [CompletionResultType]::ParameterName, 'Write a page with a map of the archive to this file')
            [CompletionResult]::new('--stage', '--stage', [CompletionResultType]::ParameterName, 'The stage of lambda.yaml to use')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of the AWS configuration files to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the answer on standard output is written')
            [CompletionResult]::new('--call-timeout', '--call-timeout', [CompletionResultType]::ParameterName, 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]')
            [CompletionResult]::new('--cache-limit', '--cache-limit', [CompletionResultType]::ParameterName, 'How large that may grow: what was used longest ago goes first')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Requests a second to Lambda''s control plane, for the whole process; `off` for no limit [default: 15, AWS''s quota for an account and region; off for a server on this machine]')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--why', '--why', [CompletionResultType]::ParameterName, 'Say what takes the room: every dependency, who brings it, copies, and what could go')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'Use the embedded Lambda in `.lfn/local/` instead of AWS')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'lfn;plan' {
            [CompletionResult]::new('--changed-since', '--changed-since', [CompletionResultType]::ParameterName, 'Of the functions named, or of all, those that changed since this commit')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many functions to work on at a time; of these, as many are packaged at once as there are cores')
            [CompletionResult]::new('--out', '--out', [CompletionResultType]::ParameterName, 'Write the plan to this file, for `lfn deploy --plan`')
            [CompletionResult]::new('--stage', '--stage', [CompletionResultType]::ParameterName, 'The stage of lambda.yaml to use')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of the AWS configuration files to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the answer on standard output is written')
            [CompletionResult]::new('--call-timeout', '--call-timeout', [CompletionResultType]::ParameterName, 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]')
            [CompletionResult]::new('--cache-limit', '--cache-limit', [CompletionResultType]::ParameterName, 'How large that may grow: what was used longest ago goes first')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Requests a second to Lambda''s control plane, for the whole process; `off` for no limit [default: 15, AWS''s quota for an account and region; off for a server on this machine]')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Every function below this folder; what git ignores and hidden folders are left out')
            [CompletionResult]::new('--exit-code', '--exit-code', [CompletionResultType]::ParameterName, 'Exit with 3 when there is something to do')
            [CompletionResult]::new('--adopt', '--adopt', [CompletionResultType]::ParameterName, 'Allow taking over a function that lfn did not make')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'Use the embedded Lambda in `.lfn/local/` instead of AWS')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'lfn;deploy' {
            [CompletionResult]::new('--changed-since', '--changed-since', [CompletionResultType]::ParameterName, 'Of the functions named, or of all, those that changed since this commit')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many functions to work on at a time; of these, as many are packaged at once as there are cores')
            [CompletionResult]::new('--because', '--because', [CompletionResultType]::ParameterName, 'Why, for `lfn alias history`')
            [CompletionResult]::new('--plan', '--plan', [CompletionResultType]::ParameterName, 'Apply a plan that `lfn plan --out` wrote, without asking; stop if anything has moved since')
            [CompletionResult]::new('--stage', '--stage', [CompletionResultType]::ParameterName, 'The stage of lambda.yaml to use')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of the AWS configuration files to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the answer on standard output is written')
            [CompletionResult]::new('--call-timeout', '--call-timeout', [CompletionResultType]::ParameterName, 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]')
            [CompletionResult]::new('--cache-limit', '--cache-limit', [CompletionResultType]::ParameterName, 'How large that may grow: what was used longest ago goes first')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Requests a second to Lambda''s control plane, for the whole process; `off` for no limit [default: 15, AWS''s quota for an account and region; off for a server on this machine]')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Every function below this folder; what git ignores and hidden folders are left out')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show the plan and stop')
            [CompletionResult]::new('--adopt', '--adopt', [CompletionResultType]::ParameterName, 'Take over a function that lfn did not make')
            [CompletionResult]::new('--allow-widening', '--allow-widening', [CompletionResultType]::ParameterName, 'Let the function do more than it can now, without asking')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'Use the embedded Lambda in `.lfn/local/` instead of AWS')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'lfn;invoke' {
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'The event: a file, `-` for standard input, or JSON itself')
            [CompletionResult]::new('--event', '--event', [CompletionResultType]::ParameterName, 'The event: a file, `-` for standard input, or JSON itself')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'A version, an alias or `$LATEST` [default: the alias of lambda.yaml]')
            [CompletionResult]::new('--qualifier', '--qualifier', [CompletionResultType]::ParameterName, 'A version, an alias or `$LATEST` [default: the alias of lambda.yaml]')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'The function [default: the one of lambda.yaml]')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'The function [default: the one of lambda.yaml]')
            [CompletionResult]::new('--repeat', '--repeat', [CompletionResultType]::ParameterName, 'Call so often, and show what the durations come to')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'With `--repeat`: so many calls at the same time')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Run the code of this folder under a debugger: Node.js''s inspector or debugpy [default port: 9229 or 5678]')
            [CompletionResult]::new('--client-context', '--client-context', [CompletionResultType]::ParameterName, 'A JSON object for the context''s `clientContext`')
            [CompletionResult]::new('--stage', '--stage', [CompletionResultType]::ParameterName, 'The stage of lambda.yaml to use')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of the AWS configuration files to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the answer on standard output is written')
            [CompletionResult]::new('--call-timeout', '--call-timeout', [CompletionResultType]::ParameterName, 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]')
            [CompletionResult]::new('--cache-limit', '--cache-limit', [CompletionResultType]::ParameterName, 'How large that may grow: what was used longest ago goes first')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Requests a second to Lambda''s control plane, for the whole process; `off` for no limit [default: 15, AWS''s quota for an account and region; off for a server on this machine]')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--async', '--async', [CompletionResultType]::ParameterName, 'Queue the event and do not wait for a result')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Check parameters and rights only')
            [CompletionResult]::new('--working-tree', '--working-tree', [CompletionResultType]::ParameterName, 'Run the code of this folder on this machine, deployed or not')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Run the code of this folder again whenever a file changes')
            [CompletionResult]::new('--enforce', '--enforce', [CompletionResultType]::ParameterName, 'Run the code of this folder, and refuse its AWS calls as AWS would with the role of lambda.yaml; what is allowed goes on with your credentials')
            [CompletionResult]::new('--learn', '--learn', [CompletionResultType]::ParameterName, 'Run the code of this folder, let its AWS calls through with your credentials, and propose the lines of `allow` for them')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'Use the embedded Lambda in `.lfn/local/` instead of AWS')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'lfn;dev' {
            [CompletionResult]::new('--port', '--port', [CompletionResultType]::ParameterName, 'The port of the endpoint for `Invoke`; 0 is any that is free')
            [CompletionResult]::new('--url-port', '--url-port', [CompletionResultType]::ParameterName, 'The port of the function URL; 0 is any that is free')
            [CompletionResult]::new('--page-port', '--page-port', [CompletionResultType]::ParameterName, 'The port of the page that shows it all; 0 is any that is free')
            [CompletionResult]::new('--cors', '--cors', [CompletionResultType]::ParameterName, 'An origin of web pages that may call the URL, or `*` (repeatable) [default: `cors` of lambda.yaml]')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Run the handler under a debugger: Node.js''s inspector or debugpy [default port: 9229 or 5678]')
            [CompletionResult]::new('--stage', '--stage', [CompletionResultType]::ParameterName, 'The stage of lambda.yaml to use')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of the AWS configuration files to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the answer on standard output is written')
            [CompletionResult]::new('--call-timeout', '--call-timeout', [CompletionResultType]::ParameterName, 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]')
            [CompletionResult]::new('--cache-limit', '--cache-limit', [CompletionResultType]::ParameterName, 'How large that may grow: what was used longest ago goes first')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Requests a second to Lambda''s control plane, for the whole process; `off` for no limit [default: 15, AWS''s quota for an account and region; off for a server on this machine]')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--no-schedules', '--no-schedules', [CompletionResultType]::ParameterName, 'Let the schedules of lambda.yaml rest')
            [CompletionResult]::new('--enforce', '--enforce', [CompletionResultType]::ParameterName, 'Run the code of this folder, and refuse its AWS calls as AWS would with the role of lambda.yaml; what is allowed goes on with your credentials')
            [CompletionResult]::new('--learn', '--learn', [CompletionResultType]::ParameterName, 'Run the code of this folder, let its AWS calls through with your credentials, and propose the lines of `allow` for them')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'Use the embedded Lambda in `.lfn/local/` instead of AWS')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'lfn;test' {
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Call this version or alias of the deployed function instead')
            [CompletionResult]::new('--qualifier', '--qualifier', [CompletionResultType]::ParameterName, 'Call this version or alias of the deployed function instead')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'The function, with `--qualifier` [default: the one of lambda.yaml]')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'The function, with `--qualifier` [default: the one of lambda.yaml]')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Set an environment variable of the function; without a value, to that of lfn''s own environment')
            [CompletionResult]::new('-j', '-j', [CompletionResultType]::ParameterName, 'How many cases run at a time [default: one for each processor]')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many cases run at a time [default: one for each processor]')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Write the results to this file as JUnit XML')
            [CompletionResult]::new('--stage', '--stage', [CompletionResultType]::ParameterName, 'The stage of lambda.yaml to use')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of the AWS configuration files to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the answer on standard output is written')
            [CompletionResult]::new('--call-timeout', '--call-timeout', [CompletionResultType]::ParameterName, 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]')
            [CompletionResult]::new('--cache-limit', '--cache-limit', [CompletionResultType]::ParameterName, 'How large that may grow: what was used longest ago goes first')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Requests a second to Lambda''s control plane, for the whole process; `off` for no limit [default: 15, AWS''s quota for an account and region; off for a server on this machine]')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'Use the embedded Lambda in `.lfn/local/` instead of AWS')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'lfn;alias' {
            [CompletionResult]::new('--stage', '--stage', [CompletionResultType]::ParameterName, 'The stage of lambda.yaml to use')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of the AWS configuration files to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the answer on standard output is written')
            [CompletionResult]::new('--call-timeout', '--call-timeout', [CompletionResultType]::ParameterName, 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]')
            [CompletionResult]::new('--cache-limit', '--cache-limit', [CompletionResultType]::ParameterName, 'How large that may grow: what was used longest ago goes first')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Requests a second to Lambda''s control plane, for the whole process; `off` for no limit [default: 15, AWS''s quota for an account and region; off for a server on this machine]')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'Use the embedded Lambda in `.lfn/local/` instead of AWS')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the aliases and what they point at')
            [CompletionResult]::new('promote', 'promote', [CompletionResultType]::ParameterValue, 'Point an alias at a version: the newest one by default')
            [CompletionResult]::new('rollback', 'rollback', [CompletionResultType]::ParameterValue, 'Return an alias to what it pointed at before')
            [CompletionResult]::new('history', 'history', [CompletionResultType]::ParameterValue, 'Show what an alias pointed at, when, by whom and why')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete an alias; its version stays')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'lfn;alias;list' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'The function [default: the one of lambda.yaml]')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'The function [default: the one of lambda.yaml]')
            [CompletionResult]::new('--stage', '--stage', [CompletionResultType]::ParameterName, 'The stage of lambda.yaml to use')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of the AWS configuration files to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the answer on standard output is written')
            [CompletionResult]::new('--call-timeout', '--call-timeout', [CompletionResultType]::ParameterName, 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]')
            [CompletionResult]::new('--cache-limit', '--cache-limit', [CompletionResultType]::ParameterName, 'How large that may grow: what was used longest ago goes first')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Requests a second to Lambda''s control plane, for the whole process; `off` for no limit [default: 15, AWS''s quota for an account and region; off for a server on this machine]')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'Use the embedded Lambda in `.lfn/local/` instead of AWS')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'lfn;alias;promote' {
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'The version to point at [default: the newest]')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Point at what this alias points at')
            [CompletionResult]::new('--because', '--because', [CompletionResultType]::ParameterName, 'Why, for `lfn alias history`')
            [CompletionResult]::new('--canary', '--canary', [CompletionResultType]::ParameterName, 'Give the version this share of the traffic first, such as `10%`, and all of it after `--for`')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'How long `--canary` holds, such as `10m`')
            [CompletionResult]::new('--linear', '--linear', [CompletionResultType]::ParameterName, 'Give it the same share more again and again, such as `10%/1m`')
            [CompletionResult]::new('--steps', '--steps', [CompletionResultType]::ParameterName, 'Give it these shares, each for its time, such as `5%:2m,25%:5m,100%`')
            [CompletionResult]::new('--alarm', '--alarm', [CompletionResultType]::ParameterName, 'Take it back when this `CloudWatch` alarm goes off, besides those of `release.alarms` (repeatable)')
            [CompletionResult]::new('--check-every', '--check-every', [CompletionResultType]::ParameterName, 'How often to look whether all is well [default: 15s]')
            [CompletionResult]::new('--max-errors', '--max-errors', [CompletionResultType]::ParameterName, 'The share of its calls that may fail, as long as more than before fail [default: 1%]')
            [CompletionResult]::new('--engine', '--engine', [CompletionResultType]::ParameterName, 'Who shifts the traffic')
            [CompletionResult]::new('--codedeploy-role', '--codedeploy-role', [CompletionResultType]::ParameterName, 'The role that CodeDeploy works as [default: one that lfn makes]')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'The function [default: the one of lambda.yaml]')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'The function [default: the one of lambda.yaml]')
            [CompletionResult]::new('--stage', '--stage', [CompletionResultType]::ParameterName, 'The stage of lambda.yaml to use')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of the AWS configuration files to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the answer on standard output is written')
            [CompletionResult]::new('--call-timeout', '--call-timeout', [CompletionResultType]::ParameterName, 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]')
            [CompletionResult]::new('--cache-limit', '--cache-limit', [CompletionResultType]::ParameterName, 'How large that may grow: what was used longest ago goes first')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Requests a second to Lambda''s control plane, for the whole process; `off` for no limit [default: 15, AWS''s quota for an account and region; off for a server on this machine]')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--allow-provisioned', '--allow-provisioned', [CompletionResultType]::ParameterName, 'Shift an alias with provisioned concurrency, which is divided anew at every stage')
            [CompletionResult]::new('--skip-check', '--skip-check', [CompletionResultType]::ParameterName, 'Move without the `release.check` of lambda.yaml')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what the move means and stop')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'Use the embedded Lambda in `.lfn/local/` instead of AWS')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'lfn;alias;rollback' {
            [CompletionResult]::new('--to-previous', '--to-previous', [CompletionResultType]::ParameterName, 'How many moves to go back over')
            [CompletionResult]::new('--because', '--because', [CompletionResultType]::ParameterName, 'Why, for `lfn alias history`')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'The function [default: the one of lambda.yaml]')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'The function [default: the one of lambda.yaml]')
            [CompletionResult]::new('--stage', '--stage', [CompletionResultType]::ParameterName, 'The stage of lambda.yaml to use')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of the AWS configuration files to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the answer on standard output is written')
            [CompletionResult]::new('--call-timeout', '--call-timeout', [CompletionResultType]::ParameterName, 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]')
            [CompletionResult]::new('--cache-limit', '--cache-limit', [CompletionResultType]::ParameterName, 'How large that may grow: what was used longest ago goes first')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Requests a second to Lambda''s control plane, for the whole process; `off` for no limit [default: 15, AWS''s quota for an account and region; off for a server on this machine]')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what the move means and stop')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'Use the embedded Lambda in `.lfn/local/` instead of AWS')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'lfn;alias;history' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'The function [default: the one of lambda.yaml]')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'The function [default: the one of lambda.yaml]')
            [CompletionResult]::new('--stage', '--stage', [CompletionResultType]::ParameterName, 'The stage of lambda.yaml to use')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of the AWS configuration files to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the answer on standard output is written')
            [CompletionResult]::new('--call-timeout', '--call-timeout', [CompletionResultType]::ParameterName, 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]')
            [CompletionResult]::new('--cache-limit', '--cache-limit', [CompletionResultType]::ParameterName, 'How large that may grow: what was used longest ago goes first')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Requests a second to Lambda''s control plane, for the whole process; `off` for no limit [default: 15, AWS''s quota for an account and region; off for a server on this machine]')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'Use the embedded Lambda in `.lfn/local/` instead of AWS')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'lfn;alias;delete' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'The function [default: the one of lambda.yaml]')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'The function [default: the one of lambda.yaml]')
            [CompletionResult]::new('--stage', '--stage', [CompletionResultType]::ParameterName, 'The stage of lambda.yaml to use')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of the AWS configuration files to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the answer on standard output is written')
            [CompletionResult]::new('--call-timeout', '--call-timeout', [CompletionResultType]::ParameterName, 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]')
            [CompletionResult]::new('--cache-limit', '--cache-limit', [CompletionResultType]::ParameterName, 'How large that may grow: what was used longest ago goes first')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Requests a second to Lambda''s control plane, for the whole process; `off` for no limit [default: 15, AWS''s quota for an account and region; off for a server on this machine]')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'Use the embedded Lambda in `.lfn/local/` instead of AWS')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'lfn;alias;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the aliases and what they point at')
            [CompletionResult]::new('promote', 'promote', [CompletionResultType]::ParameterValue, 'Point an alias at a version: the newest one by default')
            [CompletionResult]::new('rollback', 'rollback', [CompletionResultType]::ParameterValue, 'Return an alias to what it pointed at before')
            [CompletionResult]::new('history', 'history', [CompletionResultType]::ParameterValue, 'Show what an alias pointed at, when, by whom and why')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete an alias; its version stays')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'lfn;alias;help;list' {
            break
        }
        'lfn;alias;help;promote' {
            break
        }
        'lfn;alias;help;rollback' {
            break
        }
        'lfn;alias;help;history' {
            break
        }
        'lfn;alias;help;delete' {
            break
        }
        'lfn;alias;help;help' {
            break
        }
        'lfn;versions' {
            [CompletionResult]::new('--stage', '--stage', [CompletionResultType]::ParameterName, 'The stage of lambda.yaml to use')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of the AWS configuration files to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the answer on standard output is written')
            [CompletionResult]::new('--call-timeout', '--call-timeout', [CompletionResultType]::ParameterName, 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]')
            [CompletionResult]::new('--cache-limit', '--cache-limit', [CompletionResultType]::ParameterName, 'How large that may grow: what was used longest ago goes first')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Requests a second to Lambda''s control plane, for the whole process; `off` for no limit [default: 15, AWS''s quota for an account and region; off for a server on this machine]')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'Use the embedded Lambda in `.lfn/local/` instead of AWS')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the published versions, newest first, and who uses them')
            [CompletionResult]::new('prune', 'prune', [CompletionResultType]::ParameterValue, 'Remove old versions that nothing leads to, and their archives')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'lfn;versions;list' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'The function [default: the one of lambda.yaml]')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'The function [default: the one of lambda.yaml]')
            [CompletionResult]::new('--stage', '--stage', [CompletionResultType]::ParameterName, 'The stage of lambda.yaml to use')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of the AWS configuration files to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the answer on standard output is written')
            [CompletionResult]::new('--call-timeout', '--call-timeout', [CompletionResultType]::ParameterName, 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]')
            [CompletionResult]::new('--cache-limit', '--cache-limit', [CompletionResultType]::ParameterName, 'How large that may grow: what was used longest ago goes first')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Requests a second to Lambda''s control plane, for the whole process; `off` for no limit [default: 15, AWS''s quota for an account and region; off for a server on this machine]')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'Use the embedded Lambda in `.lfn/local/` instead of AWS')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'lfn;versions;prune' {
            [CompletionResult]::new('--keep', '--keep', [CompletionResultType]::ParameterName, 'How many of the newest versions stay [default: `release.keep` of lambda.yaml]')
            [CompletionResult]::new('--older-than', '--older-than', [CompletionResultType]::ParameterName, 'Remove only versions that were published so long ago: `30d`, `12h`, `8w`')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'The function [default: the one of lambda.yaml]')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'The function [default: the one of lambda.yaml]')
            [CompletionResult]::new('--stage', '--stage', [CompletionResultType]::ParameterName, 'The stage of lambda.yaml to use')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of the AWS configuration files to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the answer on standard output is written')
            [CompletionResult]::new('--call-timeout', '--call-timeout', [CompletionResultType]::ParameterName, 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]')
            [CompletionResult]::new('--cache-limit', '--cache-limit', [CompletionResultType]::ParameterName, 'How large that may grow: what was used longest ago goes first')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Requests a second to Lambda''s control plane, for the whole process; `off` for no limit [default: 15, AWS''s quota for an account and region; off for a server on this machine]')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be removed and stop')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'Use the embedded Lambda in `.lfn/local/` instead of AWS')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'lfn;versions;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the published versions, newest first, and who uses them')
            [CompletionResult]::new('prune', 'prune', [CompletionResultType]::ParameterValue, 'Remove old versions that nothing leads to, and their archives')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'lfn;versions;help;list' {
            break
        }
        'lfn;versions;help;prune' {
            break
        }
        'lfn;versions;help;help' {
            break
        }
        'lfn;layer' {
            [CompletionResult]::new('--stage', '--stage', [CompletionResultType]::ParameterName, 'The stage of lambda.yaml to use')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of the AWS configuration files to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the answer on standard output is written')
            [CompletionResult]::new('--call-timeout', '--call-timeout', [CompletionResultType]::ParameterName, 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]')
            [CompletionResult]::new('--cache-limit', '--cache-limit', [CompletionResultType]::ParameterName, 'How large that may grow: what was used longest ago goes first')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Requests a second to Lambda''s control plane, for the whole process; `off` for no limit [default: 15, AWS''s quota for an account and region; off for a server on this machine]')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'Use the embedded Lambda in `.lfn/local/` instead of AWS')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('publish', 'publish', [CompletionResultType]::ParameterValue, 'Publish the dependencies of the function as a layer, unless a version has them already')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the versions of a layer, newest first')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'lfn;layer;publish' {
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Name the layer [default: FUNCTION-deps]')
            [CompletionResult]::new('--description', '--description', [CompletionResultType]::ParameterName, 'Describe the version [default: what is in it, and the digest]')
            [CompletionResult]::new('--license', '--license', [CompletionResultType]::ParameterName, 'Name the licence of the content, such as MIT')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Publish what is in this folder as it is, in place of the dependencies')
            [CompletionResult]::new('--stage', '--stage', [CompletionResultType]::ParameterName, 'The stage of lambda.yaml to use')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of the AWS configuration files to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the answer on standard output is written')
            [CompletionResult]::new('--call-timeout', '--call-timeout', [CompletionResultType]::ParameterName, 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]')
            [CompletionResult]::new('--cache-limit', '--cache-limit', [CompletionResultType]::ParameterName, 'How large that may grow: what was used longest ago goes first')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Requests a second to Lambda''s control plane, for the whole process; `off` for no limit [default: 15, AWS''s quota for an account and region; off for a server on this machine]')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be published and stop')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'Use the embedded Lambda in `.lfn/local/` instead of AWS')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'lfn;layer;list' {
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Name the layer [default: FUNCTION-deps]')
            [CompletionResult]::new('--stage', '--stage', [CompletionResultType]::ParameterName, 'The stage of lambda.yaml to use')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of the AWS configuration files to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the answer on standard output is written')
            [CompletionResult]::new('--call-timeout', '--call-timeout', [CompletionResultType]::ParameterName, 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]')
            [CompletionResult]::new('--cache-limit', '--cache-limit', [CompletionResultType]::ParameterName, 'How large that may grow: what was used longest ago goes first')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Requests a second to Lambda''s control plane, for the whole process; `off` for no limit [default: 15, AWS''s quota for an account and region; off for a server on this machine]')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'Use the embedded Lambda in `.lfn/local/` instead of AWS')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'lfn;layer;help' {
            [CompletionResult]::new('publish', 'publish', [CompletionResultType]::ParameterValue, 'Publish the dependencies of the function as a layer, unless a version has them already')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the versions of a layer, newest first')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'lfn;layer;help;publish' {
            break
        }
        'lfn;layer;help;list' {
            break
        }
        'lfn;layer;help;help' {
            break
        }
        'lfn;status' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'The function [default: the one of lambda.yaml]')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'The function [default: the one of lambda.yaml]')
            [CompletionResult]::new('--stage', '--stage', [CompletionResultType]::ParameterName, 'The stage of lambda.yaml to use')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of the AWS configuration files to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the answer on standard output is written')
            [CompletionResult]::new('--call-timeout', '--call-timeout', [CompletionResultType]::ParameterName, 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]')
            [CompletionResult]::new('--cache-limit', '--cache-limit', [CompletionResultType]::ParameterName, 'How large that may grow: what was used longest ago goes first')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Requests a second to Lambda''s control plane, for the whole process; `off` for no limit [default: 15, AWS''s quota for an account and region; off for a server on this machine]')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'Use the embedded Lambda in `.lfn/local/` instead of AWS')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'lfn;list' {
            [CompletionResult]::new('--stage', '--stage', [CompletionResultType]::ParameterName, 'The stage of lambda.yaml to use')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of the AWS configuration files to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the answer on standard output is written')
            [CompletionResult]::new('--call-timeout', '--call-timeout', [CompletionResultType]::ParameterName, 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]')
            [CompletionResult]::new('--cache-limit', '--cache-limit', [CompletionResultType]::ParameterName, 'How large that may grow: what was used longest ago goes first')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Requests a second to Lambda''s control plane, for the whole process; `off` for no limit [default: 15, AWS''s quota for an account and region; off for a server on this machine]')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'Use the embedded Lambda in `.lfn/local/` instead of AWS')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'lfn;destroy' {
            [CompletionResult]::new('--stage', '--stage', [CompletionResultType]::ParameterName, 'The stage of lambda.yaml to use')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of the AWS configuration files to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the answer on standard output is written')
            [CompletionResult]::new('--call-timeout', '--call-timeout', [CompletionResultType]::ParameterName, 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]')
            [CompletionResult]::new('--cache-limit', '--cache-limit', [CompletionResultType]::ParameterName, 'How large that may grow: what was used longest ago goes first')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Requests a second to Lambda''s control plane, for the whole process; `off` for no limit [default: 15, AWS''s quota for an account and region; off for a server on this machine]')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be deleted and stop')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'Use the embedded Lambda in `.lfn/local/` instead of AWS')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'lfn;policy' {
            [CompletionResult]::new('--stage', '--stage', [CompletionResultType]::ParameterName, 'The stage of lambda.yaml to use')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of the AWS configuration files to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the answer on standard output is written')
            [CompletionResult]::new('--call-timeout', '--call-timeout', [CompletionResultType]::ParameterName, 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]')
            [CompletionResult]::new('--cache-limit', '--cache-limit', [CompletionResultType]::ParameterName, 'How large that may grow: what was used longest ago goes first')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Requests a second to Lambda''s control plane, for the whole process; `off` for no limit [default: 15, AWS''s quota for an account and region; off for a server on this machine]')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'Use the embedded Lambda in `.lfn/local/` instead of AWS')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show what the function''s role may do, and where in lambda.yaml it comes from')
            [CompletionResult]::new('why', 'why', [CompletionResultType]::ParameterValue, 'Say whether the function may do something, and which line of lambda.yaml allows it')
            [CompletionResult]::new('lint', 'lint', [CompletionResultType]::ParameterValue, 'Check the function''s role, policy files, or a role of the account')
            [CompletionResult]::new('suggest', 'suggest', [CompletionResultType]::ParameterValue, 'Propose the lines of `allow` that the function''s code needs')
            [CompletionResult]::new('tighten', 'tighten', [CompletionResultType]::ParameterValue, 'Propose which lines of `allow` to remove, by what IAM remembers of the role''s calls')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'lfn;policy;show' {
            [CompletionResult]::new('--stage', '--stage', [CompletionResultType]::ParameterName, 'The stage of lambda.yaml to use')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of the AWS configuration files to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the answer on standard output is written')
            [CompletionResult]::new('--call-timeout', '--call-timeout', [CompletionResultType]::ParameterName, 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]')
            [CompletionResult]::new('--cache-limit', '--cache-limit', [CompletionResultType]::ParameterName, 'How large that may grow: what was used longest ago goes first')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Requests a second to Lambda''s control plane, for the whole process; `off` for no limit [default: 15, AWS''s quota for an account and region; off for a server on this machine]')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--live', '--live', [CompletionResultType]::ParameterName, 'Show it for the account and region of the credentials')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'Use the embedded Lambda in `.lfn/local/` instead of AWS')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'lfn;policy;why' {
            [CompletionResult]::new('--when', '--when', [CompletionResultType]::ParameterName, 'A condition key of the call and its value')
            [CompletionResult]::new('--stage', '--stage', [CompletionResultType]::ParameterName, 'The stage of lambda.yaml to use')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of the AWS configuration files to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the answer on standard output is written')
            [CompletionResult]::new('--call-timeout', '--call-timeout', [CompletionResultType]::ParameterName, 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]')
            [CompletionResult]::new('--cache-limit', '--cache-limit', [CompletionResultType]::ParameterName, 'How large that may grow: what was used longest ago goes first')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Requests a second to Lambda''s control plane, for the whole process; `off` for no limit [default: 15, AWS''s quota for an account and region; off for a server on this machine]')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--live', '--live', [CompletionResultType]::ParameterName, 'Ask for the account and region of the credentials')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'Use the embedded Lambda in `.lfn/local/` instead of AWS')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'lfn;policy;lint' {
            [CompletionResult]::new('--role', '--role', [CompletionResultType]::ParameterName, 'Check this role as it is in the account')
            [CompletionResult]::new('--accept', '--accept', [CompletionResultType]::ParameterName, 'Set the findings of a rule aside; in lambda.yaml, write `accept` beside the statement')
            [CompletionResult]::new('--because', '--because', [CompletionResultType]::ParameterName, 'Why they are meant to be so')
            [CompletionResult]::new('--stage', '--stage', [CompletionResultType]::ParameterName, 'The stage of lambda.yaml to use')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of the AWS configuration files to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the answer on standard output is written')
            [CompletionResult]::new('--call-timeout', '--call-timeout', [CompletionResultType]::ParameterName, 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]')
            [CompletionResult]::new('--cache-limit', '--cache-limit', [CompletionResultType]::ParameterName, 'How large that may grow: what was used longest ago goes first')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Requests a second to Lambda''s control plane, for the whole process; `off` for no limit [default: 15, AWS''s quota for an account and region; off for a server on this machine]')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--live', '--live', [CompletionResultType]::ParameterName, 'Check the function''s own role as it is in the account')
            [CompletionResult]::new('--sarif', '--sarif', [CompletionResultType]::ParameterName, 'Write the answer as SARIF 2.1.0')
            [CompletionResult]::new('--rules', '--rules', [CompletionResultType]::ParameterName, 'List the rules')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'Use the embedded Lambda in `.lfn/local/` instead of AWS')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'lfn;policy;suggest' {
            [CompletionResult]::new('--stage', '--stage', [CompletionResultType]::ParameterName, 'The stage of lambda.yaml to use')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of the AWS configuration files to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the answer on standard output is written')
            [CompletionResult]::new('--call-timeout', '--call-timeout', [CompletionResultType]::ParameterName, 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]')
            [CompletionResult]::new('--cache-limit', '--cache-limit', [CompletionResultType]::ParameterName, 'How large that may grow: what was used longest ago goes first')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Requests a second to Lambda''s control plane, for the whole process; `off` for no limit [default: 15, AWS''s quota for an account and region; off for a server on this machine]')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--write', '--write', [CompletionResultType]::ParameterName, 'Add the lines to lambda.yaml')
            [CompletionResult]::new('--check', '--check', [CompletionResultType]::ParameterName, 'Fail when code needs what `allow` does not give, or `allow` gives what no code calls')
            [CompletionResult]::new('--sarif', '--sarif', [CompletionResultType]::ParameterName, 'Write the answer of `--check` as SARIF 2.1.0')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'Use the embedded Lambda in `.lfn/local/` instead of AWS')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'lfn;policy;tighten' {
            [CompletionResult]::new('--older-than', '--older-than', [CompletionResultType]::ParameterName, 'How long a right must have been unused, up to 400d')
            [CompletionResult]::new('--stage', '--stage', [CompletionResultType]::ParameterName, 'The stage of lambda.yaml to use')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of the AWS configuration files to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the answer on standard output is written')
            [CompletionResult]::new('--call-timeout', '--call-timeout', [CompletionResultType]::ParameterName, 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]')
            [CompletionResult]::new('--cache-limit', '--cache-limit', [CompletionResultType]::ParameterName, 'How large that may grow: what was used longest ago goes first')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Requests a second to Lambda''s control plane, for the whole process; `off` for no limit [default: 15, AWS''s quota for an account and region; off for a server on this machine]')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--write', '--write', [CompletionResultType]::ParameterName, 'Change lambda.yaml as proposed')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'Use the embedded Lambda in `.lfn/local/` instead of AWS')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'lfn;policy;help' {
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show what the function''s role may do, and where in lambda.yaml it comes from')
            [CompletionResult]::new('why', 'why', [CompletionResultType]::ParameterValue, 'Say whether the function may do something, and which line of lambda.yaml allows it')
            [CompletionResult]::new('lint', 'lint', [CompletionResultType]::ParameterValue, 'Check the function''s role, policy files, or a role of the account')
            [CompletionResult]::new('suggest', 'suggest', [CompletionResultType]::ParameterValue, 'Propose the lines of `allow` that the function''s code needs')
            [CompletionResult]::new('tighten', 'tighten', [CompletionResultType]::ParameterValue, 'Propose which lines of `allow` to remove, by what IAM remembers of the role''s calls')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'lfn;policy;help;show' {
            break
        }
        'lfn;policy;help;why' {
            break
        }
        'lfn;policy;help;lint' {
            break
        }
        'lfn;policy;help;suggest' {
            break
        }
        'lfn;policy;help;tighten' {
            break
        }
        'lfn;policy;help;help' {
            break
        }
        'lfn;ci' {
            [CompletionResult]::new('--stage', '--stage', [CompletionResultType]::ParameterName, 'The stage of lambda.yaml to use')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of the AWS configuration files to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the answer on standard output is written')
            [CompletionResult]::new('--call-timeout', '--call-timeout', [CompletionResultType]::ParameterName, 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]')
            [CompletionResult]::new('--cache-limit', '--cache-limit', [CompletionResultType]::ParameterName, 'How large that may grow: what was used longest ago goes first')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Requests a second to Lambda''s control plane, for the whole process; `off` for no limit [default: 15, AWS''s quota for an account and region; off for a server on this machine]')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'Use the embedded Lambda in `.lfn/local/` instead of AWS')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('policy', 'policy', [CompletionResultType]::ParameterValue, 'Print the smallest policy for the identity that runs lfn')
            [CompletionResult]::new('github', 'github', [CompletionResultType]::ParameterValue, 'Print the trust policy and a workflow for GitHub Actions')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'lfn;ci;policy' {
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'What the identity does')
            [CompletionResult]::new('--stage', '--stage', [CompletionResultType]::ParameterName, 'The stage of lambda.yaml to use')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of the AWS configuration files to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the answer on standard output is written')
            [CompletionResult]::new('--call-timeout', '--call-timeout', [CompletionResultType]::ParameterName, 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]')
            [CompletionResult]::new('--cache-limit', '--cache-limit', [CompletionResultType]::ParameterName, 'How large that may grow: what was used longest ago goes first')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Requests a second to Lambda''s control plane, for the whole process; `off` for no limit [default: 15, AWS''s quota for an account and region; off for a server on this machine]')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--large-archives', '--large-archives', [CompletionResultType]::ParameterName, 'Allow archives above 50 MB, which go through a bucket; so does `package.bucket`')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'Use the embedded Lambda in `.lfn/local/` instead of AWS')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'lfn;ci;github' {
            [CompletionResult]::new('--repository', '--repository', [CompletionResultType]::ParameterName, 'The repository, as GitHub names it in its tokens: OWNER/NAME, or OWNER@ID/NAME@ID')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'The environment of GitHub whose jobs may deploy')
            [CompletionResult]::new('--role-name', '--role-name', [CompletionResultType]::ParameterName, 'The name of the role that the workflow assumes')
            [CompletionResult]::new('--stage', '--stage', [CompletionResultType]::ParameterName, 'The stage of lambda.yaml to use')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of the AWS configuration files to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the answer on standard output is written')
            [CompletionResult]::new('--call-timeout', '--call-timeout', [CompletionResultType]::ParameterName, 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]')
            [CompletionResult]::new('--cache-limit', '--cache-limit', [CompletionResultType]::ParameterName, 'How large that may grow: what was used longest ago goes first')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Requests a second to Lambda''s control plane, for the whole process; `off` for no limit [default: 15, AWS''s quota for an account and region; off for a server on this machine]')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'Use the embedded Lambda in `.lfn/local/` instead of AWS')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'lfn;ci;help' {
            [CompletionResult]::new('policy', 'policy', [CompletionResultType]::ParameterValue, 'Print the smallest policy for the identity that runs lfn')
            [CompletionResult]::new('github', 'github', [CompletionResultType]::ParameterValue, 'Print the trust policy and a workflow for GitHub Actions')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'lfn;ci;help;policy' {
            break
        }
        'lfn;ci;help;github' {
            break
        }
        'lfn;ci;help;help' {
            break
        }
        'lfn;schema' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write to this file instead of standard output')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write to this file instead of standard output')
            [CompletionResult]::new('--stage', '--stage', [CompletionResultType]::ParameterName, 'The stage of lambda.yaml to use')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of the AWS configuration files to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the answer on standard output is written')
            [CompletionResult]::new('--call-timeout', '--call-timeout', [CompletionResultType]::ParameterName, 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]')
            [CompletionResult]::new('--cache-limit', '--cache-limit', [CompletionResultType]::ParameterName, 'How large that may grow: what was used longest ago goes first')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Requests a second to Lambda''s control plane, for the whole process; `off` for no limit [default: 15, AWS''s quota for an account and region; off for a server on this machine]')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'Use the embedded Lambda in `.lfn/local/` instead of AWS')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'lfn;completions' {
            [CompletionResult]::new('--stage', '--stage', [CompletionResultType]::ParameterName, 'The stage of lambda.yaml to use')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of the AWS configuration files to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the answer on standard output is written')
            [CompletionResult]::new('--call-timeout', '--call-timeout', [CompletionResultType]::ParameterName, 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]')
            [CompletionResult]::new('--cache-limit', '--cache-limit', [CompletionResultType]::ParameterName, 'How large that may grow: what was used longest ago goes first')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Requests a second to Lambda''s control plane, for the whole process; `off` for no limit [default: 15, AWS''s quota for an account and region; off for a server on this machine]')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'Use the embedded Lambda in `.lfn/local/` instead of AWS')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'lfn;event' {
            [CompletionResult]::new('--stage', '--stage', [CompletionResultType]::ParameterName, 'The stage of lambda.yaml to use')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of the AWS configuration files to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the answer on standard output is written')
            [CompletionResult]::new('--call-timeout', '--call-timeout', [CompletionResultType]::ParameterName, 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]')
            [CompletionResult]::new('--cache-limit', '--cache-limit', [CompletionResultType]::ParameterName, 'How large that may grow: what was used longest ago goes first')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Requests a second to Lambda''s control plane, for the whole process; `off` for no limit [default: 15, AWS''s quota for an account and region; off for a server on this machine]')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'Use the embedded Lambda in `.lfn/local/` instead of AWS')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the services and kinds of events, or what can be chosen about one')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Print a sample event')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'lfn;event;list' {
            [CompletionResult]::new('--stage', '--stage', [CompletionResultType]::ParameterName, 'The stage of lambda.yaml to use')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of the AWS configuration files to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the answer on standard output is written')
            [CompletionResult]::new('--call-timeout', '--call-timeout', [CompletionResultType]::ParameterName, 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]')
            [CompletionResult]::new('--cache-limit', '--cache-limit', [CompletionResultType]::ParameterName, 'How large that may grow: what was used longest ago goes first')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Requests a second to Lambda''s control plane, for the whole process; `off` for no limit [default: 15, AWS''s quota for an account and region; off for a server on this machine]')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'Use the embedded Lambda in `.lfn/local/` instead of AWS')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'lfn;event;show' {
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'The number of records')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'The account [default: that of lambda.yaml, or 123456789012]')
            [CompletionResult]::new('--time', '--time', [CompletionResultType]::ParameterName, 'When it happened, as RFC 3339 [default: 2026-01-15T09:30:00.250Z]')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Put JSON into any place of the event, such as /Records/0/awsRegion=''"eu-west-1"''')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write to this file, such as events/put.json')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write to this file, such as events/put.json')
            [CompletionResult]::new('--stage', '--stage', [CompletionResultType]::ParameterName, 'The stage of lambda.yaml to use')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of the AWS configuration files to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the answer on standard output is written')
            [CompletionResult]::new('--call-timeout', '--call-timeout', [CompletionResultType]::ParameterName, 'How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]')
            [CompletionResult]::new('--cache-limit', '--cache-limit', [CompletionResultType]::ParameterName, 'How large that may grow: what was used longest ago goes first')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Requests a second to Lambda''s control plane, for the whole process; `off` for no limit [default: 15, AWS''s quota for an account and region; off for a server on this machine]')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Work in this folder')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'Use the embedded Lambda in `.lfn/local/` instead of AWS')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every call to AWS')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'lfn;event;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the services and kinds of events, or what can be chosen about one')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Print a sample event')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'lfn;event;help;list' {
            break
        }
        'lfn;event;help;show' {
            break
        }
        'lfn;event;help;help' {
            break
        }
        'lfn;help' {
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Make a new function from a template')
            [CompletionResult]::new('validate', 'validate', [CompletionResultType]::ParameterValue, 'Check lambda.yaml without asking AWS')
            [CompletionResult]::new('package', 'package', [CompletionResultType]::ParameterValue, 'Build the archive that a deploy would upload')
            [CompletionResult]::new('plan', 'plan', [CompletionResultType]::ParameterValue, 'Show what a deploy would change')
            [CompletionResult]::new('deploy', 'deploy', [CompletionResultType]::ParameterValue, 'Make AWS match lambda.yaml: package, plan, ask, apply')
            [CompletionResult]::new('invoke', 'invoke', [CompletionResultType]::ParameterValue, 'Call the function and show its result, figures and log')
            [CompletionResult]::new('dev', 'dev', [CompletionResultType]::ParameterValue, 'Keep the function up on this machine, for SDKs, the AWS CLI and browsers')
            [CompletionResult]::new('test', 'test', [CompletionResultType]::ParameterValue, 'Call the function with the events of a folder and check what it returns')
            [CompletionResult]::new('alias', 'alias', [CompletionResultType]::ParameterValue, 'Show and move aliases')
            [CompletionResult]::new('versions', 'versions', [CompletionResultType]::ParameterValue, 'Show and remove published versions')
            [CompletionResult]::new('layer', 'layer', [CompletionResultType]::ParameterValue, 'Publish dependencies as a layer, and list its versions')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show one function: state, configuration, aliases')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the functions of the account and region')
            [CompletionResult]::new('destroy', 'destroy', [CompletionResultType]::ParameterValue, 'Delete what lfn made for this function, and nothing else')
            [CompletionResult]::new('policy', 'policy', [CompletionResultType]::ParameterValue, 'Show, explain and check what the function may do')
            [CompletionResult]::new('ci', 'ci', [CompletionResultType]::ParameterValue, 'What a pipeline needs to run lfn')
            [CompletionResult]::new('schema', 'schema', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of lambda.yaml, for editors')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completion script of a shell')
            [CompletionResult]::new('event', 'event', [CompletionResultType]::ParameterValue, 'Show sample events of the services that call functions')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'lfn;help;init' {
            break
        }
        'lfn;help;validate' {
            break
        }
        'lfn;help;package' {
            break
        }
        'lfn;help;plan' {
            break
        }
        'lfn;help;deploy' {
            break
        }
        'lfn;help;invoke' {
            break
        }
        'lfn;help;dev' {
            break
        }
        'lfn;help;test' {
            break
        }
        'lfn;help;alias' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the aliases and what they point at')
            [CompletionResult]::new('promote', 'promote', [CompletionResultType]::ParameterValue, 'Point an alias at a version: the newest one by default')
            [CompletionResult]::new('rollback', 'rollback', [CompletionResultType]::ParameterValue, 'Return an alias to what it pointed at before')
            [CompletionResult]::new('history', 'history', [CompletionResultType]::ParameterValue, 'Show what an alias pointed at, when, by whom and why')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete an alias; its version stays')
            break
        }
        'lfn;help;alias;list' {
            break
        }
        'lfn;help;alias;promote' {
            break
        }
        'lfn;help;alias;rollback' {
            break
        }
        'lfn;help;alias;history' {
            break
        }
        'lfn;help;alias;delete' {
            break
        }
        'lfn;help;versions' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the published versions, newest first, and who uses them')
            [CompletionResult]::new('prune', 'prune', [CompletionResultType]::ParameterValue, 'Remove old versions that nothing leads to, and their archives')
            break
        }
        'lfn;help;versions;list' {
            break
        }
        'lfn;help;versions;prune' {
            break
        }
        'lfn;help;layer' {
            [CompletionResult]::new('publish', 'publish', [CompletionResultType]::ParameterValue, 'Publish the dependencies of the function as a layer, unless a version has them already')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the versions of a layer, newest first')
            break
        }
        'lfn;help;layer;publish' {
            break
        }
        'lfn;help;layer;list' {
            break
        }
        'lfn;help;status' {
            break
        }
        'lfn;help;list' {
            break
        }
        'lfn;help;destroy' {
            break
        }
        'lfn;help;policy' {
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show what the function''s role may do, and where in lambda.yaml it comes from')
            [CompletionResult]::new('why', 'why', [CompletionResultType]::ParameterValue, 'Say whether the function may do something, and which line of lambda.yaml allows it')
            [CompletionResult]::new('lint', 'lint', [CompletionResultType]::ParameterValue, 'Check the function''s role, policy files, or a role of the account')
            [CompletionResult]::new('suggest', 'suggest', [CompletionResultType]::ParameterValue, 'Propose the lines of `allow` that the function''s code needs')
            [CompletionResult]::new('tighten', 'tighten', [CompletionResultType]::ParameterValue, 'Propose which lines of `allow` to remove, by what IAM remembers of the role''s calls')
            break
        }
        'lfn;help;policy;show' {
            break
        }
        'lfn;help;policy;why' {
            break
        }
        'lfn;help;policy;lint' {
            break
        }
        'lfn;help;policy;suggest' {
            break
        }
        'lfn;help;policy;tighten' {
            break
        }
        'lfn;help;ci' {
            [CompletionResult]::new('policy', 'policy', [CompletionResultType]::ParameterValue, 'Print the smallest policy for the identity that runs lfn')
            [CompletionResult]::new('github', 'github', [CompletionResultType]::ParameterValue, 'Print the trust policy and a workflow for GitHub Actions')
            break
        }
        'lfn;help;ci;policy' {
            break
        }
        'lfn;help;ci;github' {
            break
        }
        'lfn;help;schema' {
            break
        }
        'lfn;help;completions' {
            break
        }
        'lfn;help;event' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the services and kinds of events, or what can be chosen about one')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Print a sample event')
            break
        }
        'lfn;help;event;list' {
            break
        }
        'lfn;help;event;show' {
            break
        }
        'lfn;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
