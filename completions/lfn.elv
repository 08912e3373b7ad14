
use builtin;
use str;

set edit:completion:arg-completer[lfn] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'lfn'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'lfn'= {
            cand --stage 'The stage of lambda.yaml to use'
            cand --profile 'The profile of the AWS configuration files to use'
            cand --region 'The AWS region'
            cand --format 'How the answer on standard output is written'
            cand --color 'When to use colour'
            cand --cache-dir 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]'
            cand --cache-limit 'How large that may grow: what was used longest ago goes first'
            cand -C 'Work in this folder'
            cand --dir 'Work in this folder'
            cand --local 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand -v 'Show every call to AWS'
            cand --verbose 'Show every call to AWS'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
            cand init 'Make a new function from a template'
            cand validate 'Check lambda.yaml without asking AWS'
            cand package 'Build the archive that a deploy would upload'
            cand plan 'Show what a deploy would change'
            cand deploy 'Make AWS match lambda.yaml: package, plan, ask, apply'
            cand invoke 'Call the function and show its result, figures and log'
            cand test 'Call the function with the events of a folder and check what it returns'
            cand alias 'Show and move aliases'
            cand versions 'Show published versions'
            cand layer 'Publish dependencies as a layer, and list its versions'
            cand status 'Show one function: state, configuration, aliases'
            cand list 'List the functions of the account and region'
            cand destroy 'Delete what lfn made for this function, and nothing else'
            cand policy 'Show, explain and check what the function may do'
            cand ci 'What a pipeline needs to run lfn'
            cand schema 'Print the JSON Schema of lambda.yaml, for editors'
            cand completions 'Print the completion script of a shell'
            cand event 'Show sample events of the services that call functions'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'lfn;init'= {
            cand -t 'The template: node, python or custom'
            cand --template 'The template: node, python or custom'
            cand --name 'The function''s name [default: the folder''s]'
            cand --stage 'The stage of lambda.yaml to use'
            cand --profile 'The profile of the AWS configuration files to use'
            cand --region 'The AWS region'
            cand --format 'How the answer on standard output is written'
            cand --color 'When to use colour'
            cand --cache-dir 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]'
            cand --cache-limit 'How large that may grow: what was used longest ago goes first'
            cand -C 'Work in this folder'
            cand --dir 'Work in this folder'
            cand --local 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand -v 'Show every call to AWS'
            cand --verbose 'Show every call to AWS'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'lfn;validate'= {
            cand --stage 'The stage of lambda.yaml to use'
            cand --profile 'The profile of the AWS configuration files to use'
            cand --region 'The AWS region'
            cand --format 'How the answer on standard output is written'
            cand --color 'When to use colour'
            cand --cache-dir 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]'
            cand --cache-limit 'How large that may grow: what was used longest ago goes first'
            cand -C 'Work in this folder'
            cand --dir 'Work in this folder'
            cand --local 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand -v 'Show every call to AWS'
            cand --verbose 'Show every call to AWS'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'lfn;package'= {
            cand -o 'Write to this file [default: .lfn/NAME.zip]'
            cand --output 'Write to this file [default: .lfn/NAME.zip]'
            cand --report 'Write a page with a map of the archive to this file'
            cand --stage 'The stage of lambda.yaml to use'
            cand --profile 'The profile of the AWS configuration files to use'
            cand --region 'The AWS region'
            cand --format 'How the answer on standard output is written'
            cand --color 'When to use colour'
            cand --cache-dir 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]'
            cand --cache-limit 'How large that may grow: what was used longest ago goes first'
            cand -C 'Work in this folder'
            cand --dir 'Work in this folder'
            cand --why 'Say what takes the room: every dependency, who brings it, copies, and what could go'
            cand --local 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand -v 'Show every call to AWS'
            cand --verbose 'Show every call to AWS'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'lfn;plan'= {
            cand --stage 'The stage of lambda.yaml to use'
            cand --profile 'The profile of the AWS configuration files to use'
            cand --region 'The AWS region'
            cand --format 'How the answer on standard output is written'
            cand --color 'When to use colour'
            cand --cache-dir 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]'
            cand --cache-limit 'How large that may grow: what was used longest ago goes first'
            cand -C 'Work in this folder'
            cand --dir 'Work in this folder'
            cand --exit-code 'Exit with 3 when there is something to do'
            cand --adopt 'Allow taking over a function that lfn did not make'
            cand --local 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand -v 'Show every call to AWS'
            cand --verbose 'Show every call to AWS'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'lfn;deploy'= {
            cand --because 'Why, for `lfn alias history`'
            cand --stage 'The stage of lambda.yaml to use'
            cand --profile 'The profile of the AWS configuration files to use'
            cand --region 'The AWS region'
            cand --format 'How the answer on standard output is written'
            cand --color 'When to use colour'
            cand --cache-dir 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]'
            cand --cache-limit 'How large that may grow: what was used longest ago goes first'
            cand -C 'Work in this folder'
            cand --dir 'Work in this folder'
            cand --dry-run 'Show the plan and stop'
            cand --adopt 'Take over a function that lfn did not make'
            cand --allow-widening 'Let the function do more than it can now, without asking'
            cand --local 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand -v 'Show every call to AWS'
            cand --verbose 'Show every call to AWS'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'lfn;invoke'= {
            cand -e 'The event: a file, `-` for standard input, or JSON itself'
            cand --event 'The event: a file, `-` for standard input, or JSON itself'
            cand -q 'A version, an alias or `$LATEST` [default: the alias of lambda.yaml]'
            cand --qualifier 'A version, an alias or `$LATEST` [default: the alias of lambda.yaml]'
            cand -f 'The function [default: the one of lambda.yaml]'
            cand --function 'The function [default: the one of lambda.yaml]'
            cand --client-context 'A JSON object for the context''s `clientContext`'
            cand --stage 'The stage of lambda.yaml to use'
            cand --profile 'The profile of the AWS configuration files to use'
            cand --region 'The AWS region'
            cand --format 'How the answer on standard output is written'
            cand --color 'When to use colour'
            cand --cache-dir 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]'
            cand --cache-limit 'How large that may grow: what was used longest ago goes first'
            cand -C 'Work in this folder'
            cand --dir 'Work in this folder'
            cand --async 'Queue the event and do not wait for a result'
            cand --dry-run 'Check parameters and rights only'
            cand --local 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand -v 'Show every call to AWS'
            cand --verbose 'Show every call to AWS'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'lfn;test'= {
            cand -q 'Call this version or alias of the deployed function instead'
            cand --qualifier 'Call this version or alias of the deployed function instead'
            cand -f 'The function, with `--qualifier` [default: the one of lambda.yaml]'
            cand --function 'The function, with `--qualifier` [default: the one of lambda.yaml]'
            cand --env 'Set an environment variable of the function; without a value, to that of lfn''s own environment'
            cand -j 'How many cases run at a time [default: one for each processor]'
            cand --jobs 'How many cases run at a time [default: one for each processor]'
            cand --junit 'Write the results to this file as JUnit XML'
            cand --stage 'The stage of lambda.yaml to use'
            cand --profile 'The profile of the AWS configuration files to use'
            cand --region 'The AWS region'
            cand --format 'How the answer on standard output is written'
            cand --color 'When to use colour'
            cand --cache-dir 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]'
            cand --cache-limit 'How large that may grow: what was used longest ago goes first'
            cand -C 'Work in this folder'
            cand --dir 'Work in this folder'
            cand --local 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand -v 'Show every call to AWS'
            cand --verbose 'Show every call to AWS'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'lfn;alias'= {
            cand --stage 'The stage of lambda.yaml to use'
            cand --profile 'The profile of the AWS configuration files to use'
            cand --region 'The AWS region'
            cand --format 'How the answer on standard output is written'
            cand --color 'When to use colour'
            cand --cache-dir 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]'
            cand --cache-limit 'How large that may grow: what was used longest ago goes first'
            cand -C 'Work in this folder'
            cand --dir 'Work in this folder'
            cand --local 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand -v 'Show every call to AWS'
            cand --verbose 'Show every call to AWS'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
            cand list 'List the aliases and what they point at'
            cand promote 'Point an alias at a version: the newest one by default'
            cand rollback 'Return an alias to what it pointed at before'
            cand history 'Show what an alias pointed at, when, by whom and why'
            cand delete 'Delete an alias; its version stays'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'lfn;alias;list'= {
            cand -f 'The function [default: the one of lambda.yaml]'
            cand --function 'The function [default: the one of lambda.yaml]'
            cand --stage 'The stage of lambda.yaml to use'
            cand --profile 'The profile of the AWS configuration files to use'
            cand --region 'The AWS region'
            cand --format 'How the answer on standard output is written'
            cand --color 'When to use colour'
            cand --cache-dir 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]'
            cand --cache-limit 'How large that may grow: what was used longest ago goes first'
            cand -C 'Work in this folder'
            cand --dir 'Work in this folder'
            cand --local 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand -v 'Show every call to AWS'
            cand --verbose 'Show every call to AWS'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'lfn;alias;promote'= {
            cand --to 'The version to point at [default: the newest]'
            cand --from 'Point at what this alias points at'
            cand --because 'Why, for `lfn alias history`'
            cand --canary 'Give the version this share of the traffic first, such as `10%`, and all of it after `--for`'
            cand --for 'How long `--canary` holds, such as `10m`'
            cand --linear 'Give it the same share more again and again, such as `10%/1m`'
            cand --steps 'Give it these shares, each for its time, such as `5%:2m,25%:5m,100%`'
            cand --alarm 'Take it back when this `CloudWatch` alarm goes off, besides those of `release.alarms` (repeatable)'
            cand --check-every 'How often to look whether all is well [default: 15s]'
            cand --max-errors 'The share of its calls that may fail, as long as more than before fail [default: 1%]'
            cand -f 'The function [default: the one of lambda.yaml]'
            cand --function 'The function [default: the one of lambda.yaml]'
            cand --stage 'The stage of lambda.yaml to use'
            cand --profile 'The profile of the AWS configuration files to use'
            cand --region 'The AWS region'
            cand --format 'How the answer on standard output is written'
            cand --color 'When to use colour'
            cand --cache-dir 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]'
            cand --cache-limit 'How large that may grow: what was used longest ago goes first'
            cand -C 'Work in this folder'
            cand --dir 'Work in this folder'
            cand --allow-provisioned 'Shift an alias with provisioned concurrency, which is divided anew at every stage'
            cand --local 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand -v 'Show every call to AWS'
            cand --verbose 'Show every call to AWS'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'lfn;alias;rollback'= {
            cand --to-previous 'How many moves to go back over'
            cand --because 'Why, for `lfn alias history`'
            cand -f 'The function [default: the one of lambda.yaml]'
            cand --function 'The function [default: the one of lambda.yaml]'
            cand --stage 'The stage of lambda.yaml to use'
            cand --profile 'The profile of the AWS configuration files to use'
            cand --region 'The AWS region'
            cand --format 'How the answer on standard output is written'
            cand --color 'When to use colour'
            cand --cache-dir 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]'
            cand --cache-limit 'How large that may grow: what was used longest ago goes first'
            cand -C 'Work in this folder'
            cand --dir 'Work in this folder'
            cand --local 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand -v 'Show every call to AWS'
            cand --verbose 'Show every call to AWS'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'lfn;alias;history'= {
            cand -f 'The function [default: the one of lambda.yaml]'
            cand --function 'The function [default: the one of lambda.yaml]'
            cand --stage 'The stage of lambda.yaml to use'
            cand --profile 'The profile of the AWS configuration files to use'
            cand --region 'The AWS region'
            cand --format 'How the answer on standard output is written'
            cand --color 'When to use colour'
            cand --cache-dir 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]'
            cand --cache-limit 'How large that may grow: what was used longest ago goes first'
            cand -C 'Work in this folder'
            cand --dir 'Work in this folder'
            cand --local 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand -v 'Show every call to AWS'
            cand --verbose 'Show every call to AWS'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'lfn;alias;delete'= {
            cand -f 'The function [default: the one of lambda.yaml]'
            cand --function 'The function [default: the one of lambda.yaml]'
            cand --stage 'The stage of lambda.yaml to use'
            cand --profile 'The profile of the AWS configuration files to use'
            cand --region 'The AWS region'
            cand --format 'How the answer on standard output is written'
            cand --color 'When to use colour'
            cand --cache-dir 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]'
            cand --cache-limit 'How large that may grow: what was used longest ago goes first'
            cand -C 'Work in this folder'
            cand --dir 'Work in this folder'
            cand --local 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand -v 'Show every call to AWS'
            cand --verbose 'Show every call to AWS'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'lfn;alias;help'= {
            cand list 'List the aliases and what they point at'
            cand promote 'Point an alias at a version: the newest one by default'
            cand rollback 'Return an alias to what it pointed at before'
            cand history 'Show what an alias pointed at, when, by whom and why'
            cand delete 'Delete an alias; its version stays'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'lfn;alias;help;list'= {
        }
        &'lfn;alias;help;promote'= {
        }
        &'lfn;alias;help;rollback'= {
        }
        &'lfn;alias;help;history'= {
        }
        &'lfn;alias;help;delete'= {
        }
        &'lfn;alias;help;help'= {
        }
        &'lfn;versions'= {
            cand --stage 'The stage of lambda.yaml to use'
            cand --profile 'The profile of the AWS configuration files to use'
            cand --region 'The AWS region'
            cand --format 'How the answer on standard output is written'
            cand --color 'When to use colour'
            cand --cache-dir 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]'
            cand --cache-limit 'How large that may grow: what was used longest ago goes first'
            cand -C 'Work in this folder'
            cand --dir 'Work in this folder'
            cand --local 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand -v 'Show every call to AWS'
            cand --verbose 'Show every call to AWS'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
            cand list 'List the published versions, newest first, and the aliases that use them'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'lfn;versions;list'= {
            cand -f 'The function [default: the one of lambda.yaml]'
            cand --function 'The function [default: the one of lambda.yaml]'
            cand --stage 'The stage of lambda.yaml to use'
            cand --profile 'The profile of the AWS configuration files to use'
            cand --region 'The AWS region'
            cand --format 'How the answer on standard output is written'
            cand --color 'When to use colour'
            cand --cache-dir 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]'
            cand --cache-limit 'How large that may grow: what was used longest ago goes first'
            cand -C 'Work in this folder'
            cand --dir 'Work in this folder'
            cand --local 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand -v 'Show every call to AWS'
            cand --verbose 'Show every call to AWS'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'lfn;versions;help'= {
            cand list 'List the published versions, newest first, and the aliases that use them'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'lfn;versions;help;list'= {
        }
        &'lfn;versions;help;help'= {
        }
        &'lfn;layer'= {
            cand --stage 'The stage of lambda.yaml to use'
            cand --profile 'The profile of the AWS configuration files to use'
            cand --region 'The AWS region'
            cand --format 'How the answer on standard output is written'
            cand --color 'When to use colour'
            cand --cache-dir 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]'
            cand --cache-limit 'How large that may grow: what was used longest ago goes first'
            cand -C 'Work in this folder'
            cand --dir 'Work in this folder'
            cand --local 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand -v 'Show every call to AWS'
            cand --verbose 'Show every call to AWS'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
            cand publish 'Publish the dependencies of the function as a layer, unless a version has them already'
            cand list 'List the versions of a layer, newest first'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'lfn;layer;publish'= {
            cand --name 'Name the layer [default: FUNCTION-deps]'
            cand --description 'Describe the version [default: what is in it, and the digest]'
            cand --license 'Name the licence of the content, such as MIT'
            cand --from 'Publish what is in this folder as it is, in place of the dependencies'
            cand --stage 'The stage of lambda.yaml to use'
            cand --profile 'The profile of the AWS configuration files to use'
            cand --region 'The AWS region'
            cand --format 'How the answer on standard output is written'
            cand --color 'When to use colour'
            cand --cache-dir 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]'
            cand --cache-limit 'How large that may grow: what was used longest ago goes first'
            cand -C 'Work in this folder'
            cand --dir 'Work in this folder'
            cand --dry-run 'Show what would be published and stop'
            cand --local 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand -v 'Show every call to AWS'
            cand --verbose 'Show every call to AWS'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'lfn;layer;list'= {
            cand --name 'Name the layer [default: FUNCTION-deps]'
            cand --stage 'The stage of lambda.yaml to use'
            cand --profile 'The profile of the AWS configuration files to use'
            cand --region 'The AWS region'
            cand --format 'How the answer on standard output is written'
            cand --color 'When to use colour'
            cand --cache-dir 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]'
            cand --cache-limit 'How large that may grow: what was used longest ago goes first'
            cand -C 'Work in this folder'
            cand --dir 'Work in this folder'
            cand --local 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand -v 'Show every call to AWS'
            cand --verbose 'Show every call to AWS'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'lfn;layer;help'= {
            cand publish 'Publish the dependencies of the function as a layer, unless a version has them already'
            cand list 'List the versions of a layer, newest first'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'lfn;layer;help;publish'= {
        }
        &'lfn;layer;help;list'= {
        }
        &'lfn;layer;help;help'= {
        }
        &'lfn;status'= {
            cand -f 'The function [default: the one of lambda.yaml]'
            cand --function 'The function [default: the one of lambda.yaml]'
            cand --stage 'The stage of lambda.yaml to use'
            cand --profile 'The profile of the AWS configuration files to use'
            cand --region 'The AWS region'
            cand --format 'How the answer on standard output is written'
            cand --color 'When to use colour'
            cand --cache-dir 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]'
            cand --cache-limit 'How large that may grow: what was used longest ago goes first'
            cand -C 'Work in this folder'
            cand --dir 'Work in this folder'
            cand --local 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand -v 'Show every call to AWS'
            cand --verbose 'Show every call to AWS'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'lfn;list'= {
            cand --stage 'The stage of lambda.yaml to use'
            cand --profile 'The profile of the AWS configuration files to use'
            cand --region 'The AWS region'
            cand --format 'How the answer on standard output is written'
            cand --color 'When to use colour'
            cand --cache-dir 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]'
            cand --cache-limit 'How large that may grow: what was used longest ago goes first'
            cand -C 'Work in this folder'
            cand --dir 'Work in this folder'
            cand --local 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand -v 'Show every call to AWS'
            cand --verbose 'Show every call to AWS'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'lfn;destroy'= {
            cand --stage 'The stage of lambda.yaml to use'
            cand --profile 'The profile of the AWS configuration files to use'
            cand --region 'The AWS region'
            cand --format 'How the answer on standard output is written'
            cand --color 'When to use colour'
            cand --cache-dir 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]'
            cand --cache-limit 'How large that may grow: what was used longest ago goes first'
            cand -C 'Work in this folder'
            cand --dir 'Work in this folder'
            cand --dry-run 'Show what would be deleted and stop'
            cand --local 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand -v 'Show every call to AWS'
            cand --verbose 'Show every call to AWS'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'lfn;policy'= {
            cand --stage 'The stage of lambda.yaml to use'
            cand --profile 'The profile of the AWS configuration files to use'
            cand --region 'The AWS region'
            cand --format 'How the answer on standard output is written'
            cand --color 'When to use colour'
            cand --cache-dir 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]'
            cand --cache-limit 'How large that may grow: what was used longest ago goes first'
            cand -C 'Work in this folder'
            cand --dir 'Work in this folder'
            cand --local 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand -v 'Show every call to AWS'
            cand --verbose 'Show every call to AWS'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
            cand show 'Show what the function''s role may do, and where in lambda.yaml it comes from'
            cand why 'Say whether the function may do something, and which line of lambda.yaml allows it'
            cand lint 'Check the function''s role, policy files, or a role of the account'
            cand suggest 'Propose the lines of `allow` that the function''s code needs'
            cand tighten 'Propose which lines of `allow` to remove, by what IAM remembers of the role''s calls'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'lfn;policy;show'= {
            cand --stage 'The stage of lambda.yaml to use'
            cand --profile 'The profile of the AWS configuration files to use'
            cand --region 'The AWS region'
            cand --format 'How the answer on standard output is written'
            cand --color 'When to use colour'
            cand --cache-dir 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]'
            cand --cache-limit 'How large that may grow: what was used longest ago goes first'
            cand -C 'Work in this folder'
            cand --dir 'Work in this folder'
            cand --live 'Show it for the account and region of the credentials'
            cand --local 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand -v 'Show every call to AWS'
            cand --verbose 'Show every call to AWS'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'lfn;policy;why'= {
            cand --when 'A condition key of the call and its value'
            cand --stage 'The stage of lambda.yaml to use'
            cand --profile 'The profile of the AWS configuration files to use'
            cand --region 'The AWS region'
            cand --format 'How the answer on standard output is written'
            cand --color 'When to use colour'
            cand --cache-dir 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]'
            cand --cache-limit 'How large that may grow: what was used longest ago goes first'
            cand -C 'Work in this folder'
            cand --dir 'Work in this folder'
            cand --live 'Ask for the account and region of the credentials'
            cand --local 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand -v 'Show every call to AWS'
            cand --verbose 'Show every call to AWS'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'lfn;policy;lint'= {
            cand --role 'Check this role as it is in the account'
            cand --accept 'Set the findings of a rule aside; in lambda.yaml, write `accept` beside the statement'
            cand --because 'Why they are meant to be so'
            cand --stage 'The stage of lambda.yaml to use'
            cand --profile 'The profile of the AWS configuration files to use'
            cand --region 'The AWS region'
            cand --format 'How the answer on standard output is written'
            cand --color 'When to use colour'
            cand --cache-dir 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]'
            cand --cache-limit 'How large that may grow: what was used longest ago goes first'
            cand -C 'Work in this folder'
            cand --dir 'Work in this folder'
            cand --live 'Check the function''s own role as it is in the account'
            cand --sarif 'Write the answer as SARIF 2.1.0'
            cand --rules 'List the rules'
            cand --local 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand -v 'Show every call to AWS'
            cand --verbose 'Show every call to AWS'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'lfn;policy;suggest'= {
            cand --stage 'The stage of lambda.yaml to use'
            cand --profile 'The profile of the AWS configuration files to use'
            cand --region 'The AWS region'
            cand --format 'How the answer on standard output is written'
            cand --color 'When to use colour'
            cand --cache-dir 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]'
            cand --cache-limit 'How large that may grow: what was used longest ago goes first'
            cand -C 'Work in this folder'
            cand --dir 'Work in this folder'
            cand --write 'Add the lines to lambda.yaml'
            cand --check 'Fail when code needs what `allow` does not give, or `allow` gives what no code calls'
            cand --sarif 'Write the answer of `--check` as SARIF 2.1.0'
            cand --local 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand -v 'Show every call to AWS'
            cand --verbose 'Show every call to AWS'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'lfn;policy;tighten'= {
            cand --older-than 'How long a right must have been unused, up to 400d'
            cand --stage 'The stage of lambda.yaml to use'
            cand --profile 'The profile of the AWS configuration files to use'
            cand --region 'The AWS region'
            cand --format 'How the answer on standard output is written'
            cand --color 'When to use colour'
            cand --cache-dir 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]'
            cand --cache-limit 'How large that may grow: what was used longest ago goes first'
            cand -C 'Work in this folder'
            cand --dir 'Work in this folder'
            cand --write 'Change lambda.yaml as proposed'
            cand --local 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand -v 'Show every call to AWS'
            cand --verbose 'Show every call to AWS'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'lfn;policy;help'= {
            cand show 'Show what the function''s role may do, and where in lambda.yaml it comes from'
            cand why 'Say whether the function may do something, and which line of lambda.yaml allows it'
            cand lint 'Check the function''s role, policy files, or a role of the account'
            cand suggest 'Propose the lines of `allow` that the function''s code needs'
            cand tighten 'Propose which lines of `allow` to remove, by what IAM remembers of the role''s calls'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'lfn;policy;help;show'= {
        }
        &'lfn;policy;help;why'= {
        }
        &'lfn;policy;help;lint'= {
        }
        &'lfn;policy;help;suggest'= {
        }
        &'lfn;policy;help;tighten'= {
        }
        &'lfn;policy;help;help'= {
        }
        &'lfn;ci'= {
            cand --stage 'The stage of lambda.yaml to use'
            cand --profile 'The profile of the AWS configuration files to use'
            cand --region 'The AWS region'
            cand --format 'How the answer on standard output is written'
            cand --color 'When to use colour'
            cand --cache-dir 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]'
            cand --cache-limit 'How large that may grow: what was used longest ago goes first'
            cand -C 'Work in this folder'
            cand --dir 'Work in this folder'
            cand --local 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand -v 'Show every call to AWS'
            cand --verbose 'Show every call to AWS'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
            cand policy 'Print the smallest policy for the identity that runs lfn'
            cand github 'Print the trust policy and a workflow for GitHub Actions'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'lfn;ci;policy'= {
            cand --for 'What the identity does'
            cand --stage 'The stage of lambda.yaml to use'
            cand --profile 'The profile of the AWS configuration files to use'
            cand --region 'The AWS region'
            cand --format 'How the answer on standard output is written'
            cand --color 'When to use colour'
            cand --cache-dir 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]'
            cand --cache-limit 'How large that may grow: what was used longest ago goes first'
            cand -C 'Work in this folder'
            cand --dir 'Work in this folder'
            cand --large-archives 'Allow archives above 50 MB, which go through a bucket; so does `package.bucket`'
            cand --local 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand -v 'Show every call to AWS'
            cand --verbose 'Show every call to AWS'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'lfn;ci;github'= {
            cand --repository 'The repository, as GitHub names it in its tokens: OWNER/NAME, or OWNER@ID/NAME@ID'
            cand --environment 'The environment of GitHub whose jobs may deploy'
            cand --role-name 'The name of the role that the workflow assumes'
            cand --stage 'The stage of lambda.yaml to use'
            cand --profile 'The profile of the AWS configuration files to use'
            cand --region 'The AWS region'
            cand --format 'How the answer on standard output is written'
            cand --color 'When to use colour'
            cand --cache-dir 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]'
            cand --cache-limit 'How large that may grow: what was used longest ago goes first'
            cand -C 'Work in this folder'
            cand --dir 'Work in this folder'
            cand --local 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand -v 'Show every call to AWS'
            cand --verbose 'Show every call to AWS'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'lfn;ci;help'= {
            cand policy 'Print the smallest policy for the identity that runs lfn'
            cand github 'Print the trust policy and a workflow for GitHub Actions'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'lfn;ci;help;policy'= {
        }
        &'lfn;ci;help;github'= {
        }
        &'lfn;ci;help;help'= {
        }
        &'lfn;schema'= {
            cand -o 'Write to this file instead of standard output'
            cand --output 'Write to this file instead of standard output'
            cand --stage 'The stage of lambda.yaml to use'
            cand --profile 'The profile of the AWS configuration files to use'
            cand --region 'The AWS region'
            cand --format 'How the answer on standard output is written'
            cand --color 'When to use colour'
            cand --cache-dir 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]'
            cand --cache-limit 'How large that may grow: what was used longest ago goes first'
            cand -C 'Work in this folder'
            cand --dir 'Work in this folder'
            cand --local 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand -v 'Show every call to AWS'
            cand --verbose 'Show every call to AWS'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'lfn;completions'= {
            cand --stage 'The stage of lambda.yaml to use'
            cand --profile 'The profile of the AWS configuration files to use'
            cand --region 'The AWS region'
            cand --format 'How the answer on standard output is written'
            cand --color 'When to use colour'
            cand --cache-dir 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]'
            cand --cache-limit 'How large that may grow: what was used longest ago goes first'
            cand -C 'Work in this folder'
            cand --dir 'Work in this folder'
            cand --local 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand -v 'Show every call to AWS'
            cand --verbose 'Show every call to AWS'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'lfn;event'= {
            cand --stage 'The stage of lambda.yaml to use'
            cand --profile 'The profile of the AWS configuration files to use'
            cand --region 'The AWS region'
            cand --format 'How the answer on standard output is written'
            cand --color 'When to use colour'
            cand --cache-dir 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]'
            cand --cache-limit 'How large that may grow: what was used longest ago goes first'
            cand -C 'Work in this folder'
            cand --dir 'Work in this folder'
            cand --local 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand -v 'Show every call to AWS'
            cand --verbose 'Show every call to AWS'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
            cand list 'List the services and kinds of events, or what can be chosen about one'
            cand show 'Print a sample event'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'lfn;event;list'= {
            cand --stage 'The stage of lambda.yaml to use'
            cand --profile 'The profile of the AWS configuration files to use'
            cand --region 'The AWS region'
            cand --format 'How the answer on standard output is written'
            cand --color 'When to use colour'
            cand --cache-dir 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]'
            cand --cache-limit 'How large that may grow: what was used longest ago goes first'
            cand -C 'Work in this folder'
            cand --dir 'Work in this folder'
            cand --local 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand -v 'Show every call to AWS'
            cand --verbose 'Show every call to AWS'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'lfn;event;show'= {
            cand --count 'The number of records'
            cand --account 'The account [default: that of lambda.yaml, or 123456789012]'
            cand --time 'When it happened, as RFC 3339 [default: 2026-01-15T09:30:00.250Z]'
            cand --set 'Put JSON into any place of the event, such as /Records/0/awsRegion=''"eu-west-1"'''
            cand -o 'Write to this file, such as events/put.json'
            cand --output 'Write to this file, such as events/put.json'
            cand --stage 'The stage of lambda.yaml to use'
            cand --profile 'The profile of the AWS configuration files to use'
            cand --region 'The AWS region'
            cand --format 'How the answer on standard output is written'
            cand --color 'When to use colour'
            cand --cache-dir 'Where installed dependencies and compressed files are kept [default: the user''s cache folder]'
            cand --cache-limit 'How large that may grow: what was used longest ago goes first'
            cand -C 'Work in this folder'
            cand --dir 'Work in this folder'
            cand --local 'Use the embedded Lambda in `.lfn/local/` instead of AWS'
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand -v 'Show every call to AWS'
            cand --verbose 'Show every call to AWS'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'lfn;event;help'= {
            cand list 'List the services and kinds of events, or what can be chosen about one'
            cand show 'Print a sample event'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'lfn;event;help;list'= {
        }
        &'lfn;event;help;show'= {
        }
        &'lfn;event;help;help'= {
        }
        &'lfn;help'= {
            cand init 'Make a new function from a template'
            cand validate 'Check lambda.yaml without asking AWS'
            cand package 'Build the archive that a deploy would upload'
            cand plan 'Show what a deploy would change'
            cand deploy 'Make AWS match lambda.yaml: package, plan, ask, apply'
            cand invoke 'Call the function and show its result, figures and log'
            cand test 'Call the function with the events of a folder and check what it returns'
            cand alias 'Show and move aliases'
            cand versions 'Show published versions'
            cand layer 'Publish dependencies as a layer, and list its versions'
            cand status 'Show one function: state, configuration, aliases'
            cand list 'List the functions of the account and region'
            cand destroy 'Delete what lfn made for this function, and nothing else'
            cand policy 'Show, explain and check what the function may do'
            cand ci 'What a pipeline needs to run lfn'
            cand schema 'Print the JSON Schema of lambda.yaml, for editors'
            cand completions 'Print the completion script of a shell'
            cand event 'Show sample events of the services that call functions'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'lfn;help;init'= {
        }
        &'lfn;help;validate'= {
        }
        &'lfn;help;package'= {
        }
        &'lfn;help;plan'= {
        }
        &'lfn;help;deploy'= {
        }
        &'lfn;help;invoke'= {
        }
        &'lfn;help;test'= {
        }
        &'lfn;help;alias'= {
            cand list 'List the aliases and what they point at'
            cand promote 'Point an alias at a version: the newest one by default'
            cand rollback 'Return an alias to what it pointed at before'
            cand history 'Show what an alias pointed at, when, by whom and why'
            cand delete 'Delete an alias; its version stays'
        }
        &'lfn;help;alias;list'= {
        }
        &'lfn;help;alias;promote'= {
        }
        &'lfn;help;alias;rollback'= {
        }
        &'lfn;help;alias;history'= {
        }
        &'lfn;help;alias;delete'= {
        }
        &'lfn;help;versions'= {
            cand list 'List the published versions, newest first, and the aliases that use them'
        }
        &'lfn;help;versions;list'= {
        }
        &'lfn;help;layer'= {
            cand publish 'Publish the dependencies of the function as a layer, unless a version has them already'
            cand list 'List the versions of a layer, newest first'
        }
        &'lfn;help;layer;publish'= {
        }
        &'lfn;help;layer;list'= {
        }
        &'lfn;help;status'= {
        }
        &'lfn;help;list'= {
        }
        &'lfn;help;destroy'= {
        }
        &'lfn;help;policy'= {
            cand show 'Show what the function''s role may do, and where in lambda.yaml it comes from'
            cand why 'Say whether the function may do something, and which line of lambda.yaml allows it'
            cand lint 'Check the function''s role, policy files, or a role of the account'
            cand suggest 'Propose the lines of `allow` that the function''s code needs'
            cand tighten 'Propose which lines of `allow` to remove, by what IAM remembers of the role''s calls'
        }
        &'lfn;help;policy;show'= {
        }
        &'lfn;help;policy;why'= {
        }
        &'lfn;help;policy;lint'= {
        }
        &'lfn;help;policy;suggest'= {
        }
        &'lfn;help;policy;tighten'= {
        }
        &'lfn;help;ci'= {
            cand policy 'Print the smallest policy for the identity that runs lfn'
            cand github 'Print the trust policy and a workflow for GitHub Actions'
        }
        &'lfn;help;ci;policy'= {
        }
        &'lfn;help;ci;github'= {
        }
        &'lfn;help;schema'= {
        }
        &'lfn;help;completions'= {
        }
        &'lfn;help;event'= {
            cand list 'List the services and kinds of events, or what can be chosen about one'
            cand show 'Print a sample event'
        }
        &'lfn;help;event;list'= {
        }
        &'lfn;help;event;show'= {
        }
        &'lfn;help;help'= {
        }
    ]
    $completions[$command]
}
