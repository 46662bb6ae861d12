using System.Globalization;
using System.Text;

namespace TacHost.CommandLine;

/// <summary>The scripts of <c>tachost completion</c>, made from the table of options.</summary>
internal static class Completion
{
    public static string For(string shell) => shell switch
    {
        "bash" => Bash(),
        "zsh" => Zsh(),
        _ => Fish(),
    };

    private static string Bash()
    {
        var cases = new StringBuilder();
        foreach (var option in HostCommandLine.Options.Where(option => option.TakesValue && !option.IsValueOptional))
        {
            var names = option.Short is { } letter ? $"-{letter}|{option.Name}" : option.Name;
            cases.Append(CultureInfo.InvariantCulture, $"        {names}) {BashWords(option)}; return ;;\n");
        }

        return $$"""
            # bash completion for tachost:  source <(tachost completion bash)
            _tachost() {
                local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} first='' i
                for ((i = 1; i < COMP_CWORD; i++)); do
                    case ${COMP_WORDS[i]} in
                    {{string.Join('|', ValueNames())}}) ((i++)) ;;
                    -* | =) ;;
                    *) first=${COMP_WORDS[i]}; break ;;
                    esac
                done
                case $first in
                '') ;;
            {{BashCommands()}}    *) _tachost_plugin "$first"; return ;;
                esac
                case $previous in
            {{cases}}    esac
                if [[ $word == -* ]]; then
                    COMPREPLY=($(compgen -W '{{string.Join(' ', HostCommandLine.Options.Select(option => option.Name))}}' -- "$word"))
                else
                    COMPREPLY=($(compgen -f -X '!*.csx' -- "$word") $(compgen -f -X '!*.cs' -- "$word") $(compgen -d -- "$word"))
                    [[ $word == */* ]] || COMPREPLY+=($(compgen -W "{{string.Join(' ', HostCommands.Names)}} $("${COMP_WORDS[0]}" plugins --names 2>/dev/null | cut -f 1)" -- "$word"))
                fi
            }
            _tachost_plugin() {
                local name letter kind choices description names='--help --version'
                while IFS=$'\t' read -r name letter kind choices description; do
                    names+=" $name"
                    if [[ $kind != flag && $kind != command && ($previous == "$name" || $previous == "$letter") ]]; then
                        case $kind in
                        *Directory) COMPREPLY=($(compgen -d -- "$word")) ;;
                        *File* | *Path) COMPREPLY=($(compgen -f -- "$word")) ;;
                        *) COMPREPLY=($(compgen -W "${choices#-}" -- "$word")) ;;
                        esac
                        return
                    fi
                done < <("${COMP_WORDS[0]}" plugins --options "$1" 2>/dev/null)
                COMPREPLY=($(compgen -W "$names" -- "$word"))
                [[ $word == -* ]] || COMPREPLY=($(compgen -f -- "$word"))
            }
            complete -o filenames -F _tachost tachost ./tachost

            """;
    }

    private static string BashCommands()
    {
        StringBuilder cases = new();
        foreach (var command in HostCommands.All)
        {
            var words = command.Word switch
            {
                CommandWord.TacFile => """$(compgen -f -X '!*.csx' -- "$word") $(compgen -f -X '!*.cs' -- "$word") $(compgen -d -- "$word")""",
                CommandWord.Plugin => """$(compgen -W "$("${COMP_WORDS[0]}" plugins --names 2>/dev/null | cut -f 1)" -- "$word")""",
                CommandWord.RunningOrTacFile => """$(compgen -W "$("${COMP_WORDS[0]}" ps --names 2>/dev/null | cut -f 1)" -- "$word") $(compgen -f -X '!*.csx' -- "$word") $(compgen -f -X '!*.cs' -- "$word") $(compgen -d -- "$word")""",
                CommandWord.Running => """$(compgen -W "$("${COMP_WORDS[0]}" ps --names 2>/dev/null | cut -f 1)" -- "$word")""",
                CommandWord.Directory => """$(compgen -d -- "$word")""",
                CommandWord.Choice => $"$(compgen -W '{string.Join(' ', command.Choices)}' -- \"$word\")",
                _ => "",
            };
            var options = command.Options.Length == 0 ? "" : $" $(compgen -W '{string.Join(' ', Visible(command).Select(option => option.Name))}' -- \"$word\")";
            cases.Append(CultureInfo.InvariantCulture, $"    {command.Name}) COMPREPLY=({words}{options}); return ;;\n");
        }

        return cases.ToString();
    }

    private static IEnumerable<Option> Visible(HostCommand command) => command.Options.Where(option => !option.IsHidden);

    /// <summary>The options after which a word is a value.</summary>
    private static IEnumerable<string> ValueNames() =>
        HostCommandLine.Options.Where(option => option.TakesValue && !option.IsValueOptional).SelectMany(option => option.Short is { } letter ? [$"-{letter}", option.Name] : new[] { option.Name });

    private static string BashWords(Option option) => option switch
    {
        { Choices: [_, ..] choices } => $"COMPREPLY=($(compgen -W '{string.Join(' ', choices)}' -- \"$word\"))",
        { ValueName: "FILE" } => "COMPREPLY=($(compgen -f -- \"$word\"))",
        { ValueName: "DIR" } => "COMPREPLY=($(compgen -d -- \"$word\"))",
        { ValueName: "USER" } => "COMPREPLY=($(compgen -u -- \"$word\"))",
        { ValueName: "GROUP" } => "COMPREPLY=($(compgen -g -- \"$word\"))",
        _ => "COMPREPLY=()",
    };

    private static string Zsh()
    {
        var specifications = new StringBuilder();
        foreach (var option in HostCommandLine.Options)
        {
            var names = option.Short is { } letter ? $"'(-{letter} {option.Name})'{{-{letter},{option.Name}}}" : $"'{option.Name}";
            specifications.Append(CultureInfo.InvariantCulture, $"    {names}{(option.Short is null ? "" : "'")}[{ZshText(option)}]{ZshValue(option)}' \\\n");
        }

        return $$"""
            #compdef tachost
            # zsh completion for tachost:  tachost completion zsh > "${fpath[1]}/_tachost"
            _tachost() {
                local curcontext=$curcontext state line program=$words[1]
                local -a found
                typeset -A opt_args
                _arguments -C -s -A '-*' \
            {{specifications}}    '1: :->first' '*:: :->rest' && return
                case $state in
                first)
                    found=({{string.Join(' ', HostCommands.Names)}} ${${(f)"$($program plugins --names 2>/dev/null)"}/$'\t'/:})
                    _describe -t plugins 'plugin' found
                    _files -g '*.csx'
                    ;;
                rest)
                    case $line[1] in
            {{ZshCommands()}}        *)
                        local name letter kind choices description
                        while IFS=$'\t' read -r name letter kind choices description; do
                            found+=("$name:$description")
                        done < <($program plugins --options $line[1] 2>/dev/null)
                        found+=('--help:Show the help.')
                        _describe -o -t options 'option' found
                        _files
                        ;;
                    esac
                    ;;
                esac
            }
            _tachost "$@"

            """;
    }

    private static string ZshCommands()
    {
        StringBuilder cases = new();
        foreach (var command in HostCommands.All)
        {
            var words = command.Word switch
            {
                CommandWord.TacFile => " '*:tac file:_files -g \"*.(csx|cs)\"'",
                CommandWord.Plugin => " '*:plugin:(${${(f)\"$($program plugins --names 2>/dev/null)\"}%%$'\\t'*})'",
                CommandWord.RunningOrTacFile => " '*:application:_alternative \"applications:application:(${${(f)\\\"$($program ps --names 2>/dev/null)\\\"}%%$'\\t'*})\" \"files:tac file:_files -g *.(csx|cs)\"'",
                CommandWord.Running => " '*:application:(${${(f)\"$($program ps --names 2>/dev/null)\"}%%$'\\t'*})'",
                CommandWord.Directory => " '*:directory:_files -/'",
                CommandWord.Choice => $" '*:word:({string.Join(' ', command.Choices)})'",
                _ => "",
            };
            var options = string.Concat(Visible(command).Select(option => $" '{option.Name}[{ZshText(option)}]{ZshValue(option)}'"));
            cases.Append(CultureInfo.InvariantCulture, $"        {command.Name}) _arguments{options}{words} ;;\n");
        }

        return cases.ToString();
    }

    private static string ZshText(Option option) =>
        option.Description.Replace("'", "'\\''", StringComparison.Ordinal).Replace("[", "\\[", StringComparison.Ordinal).Replace("]", "\\]", StringComparison.Ordinal);

    private static string ZshValue(Option option) => option switch
    {
        { TakesValue: false } => "",
        { Choices: [_, ..] choices } => $":{option.ValueName}:({string.Join(' ', choices)})",
        { ValueName: "FILE" } => ":file:_files",
        { ValueName: "DIR" } => ":directory:_files -/",
        { ValueName: "USER" } => ":user:_users",
        { ValueName: "GROUP" } => ":group:_groups",
        { IsValueOptional: true } => $"::{option.ValueName}: ",
        _ => $":{option.ValueName}: ",
    };

    private static string Fish()
    {
        var text = new StringBuilder("# fish completion for tachost:  tachost completion fish > ~/.config/fish/completions/tachost.fish\n");
        foreach (var option in HostCommandLine.Options)
        {
            var letter = option.Short is { } name ? $" -s {name}" : "";
            text.Append(CultureInfo.InvariantCulture, $"complete -c tachost{letter} -l {option.Name[2..]}{FishValue(option)} -d '{FishText(option.Description)}'\n");
        }

        return text.Append(CultureInfo.InvariantCulture, $$"""
            {{FishCommands()}}complete -c tachost -n __fish_is_first_token -a '(tachost plugins --names 2>/dev/null)'
            function __tachost_plugin
                for word in (commandline -opc)[2..-1]
                    if not string match -q -- '-*' $word
                        tachost plugins --options $word 2>/dev/null | string replace -r '\t.*\t' '\t'
                        return
                    end
                end
            end
            complete -c tachost -n 'not __fish_is_first_token' -a '(__tachost_plugin)'

            """).ToString();
    }

    private static string FishCommands()
    {
        StringBuilder lines = new();
        foreach (var command in HostCommands.All)
        {
            lines.Append(CultureInfo.InvariantCulture, $"complete -c tachost -n __fish_is_first_token -a {command.Name} -d '{FishText(command.Description)}'\n");
            if (command.Word is CommandWord.Running or CommandWord.RunningOrTacFile)
                lines.Append(CultureInfo.InvariantCulture, $"complete -c tachost -n '__fish_seen_subcommand_from {command.Name}' -a '(tachost ps --names 2>/dev/null)'\n");
            if (command.Choices.Count > 0)
                lines.Append(CultureInfo.InvariantCulture, $"complete -c tachost -n '__fish_seen_subcommand_from {command.Name}' -a '{string.Join(' ', command.Choices)}'\n");
            foreach (var option in Visible(command))
                lines.Append(CultureInfo.InvariantCulture, $"complete -c tachost -n '__fish_seen_subcommand_from {command.Name}' -l {option.Name[2..]}{FishValue(option)} -d '{FishText(option.Description)}'\n");
        }

        return lines.ToString();
    }

    private static string FishText(string text) => text.Replace("'", "\\'", StringComparison.Ordinal);

    private static string FishValue(Option option) => option switch
    {
        { TakesValue: false } or { IsValueOptional: true } => "",
        { Choices: [_, ..] choices } => $" -x -a '{string.Join(' ', choices)}'",
        { ValueName: "FILE" } => " -r -F",
        { ValueName: "DIR" } => " -x -a '(__fish_complete_directories)'",
        { ValueName: "USER" } => " -x -a '(__fish_complete_users)'",
        { ValueName: "GROUP" } => " -x -a '(__fish_complete_groups)'",
        _ => " -x",
    };
}
