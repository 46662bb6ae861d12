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
                local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
                case $previous in
            {{cases}}        completion) COMPREPLY=($(compgen -W 'bash zsh fish' -- "$word")); return ;;
                esac
                if [[ $word == -* ]]; then
                    COMPREPLY=($(compgen -W '{{string.Join(' ', HostCommandLine.Options.Select(option => option.Name))}}' -- "$word"))
                else
                    COMPREPLY=($(compgen -f -X '!*.csx' -- "$word") $(compgen -d -- "$word"))
                    [[ $COMP_CWORD == 1 ]] && COMPREPLY+=($(compgen -W 'completion manpage' -- "$word"))
                fi
            }
            complete -o filenames -F _tachost tachost ./tachost

            """;
    }

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
            var description = option.Description.Replace("'", "'\\''", StringComparison.Ordinal).Replace("[", "\\[", StringComparison.Ordinal).Replace("]", "\\]", StringComparison.Ordinal);
            specifications.Append(CultureInfo.InvariantCulture, $"    {names}{(option.Short is null ? "" : "'")}[{description}]{ZshValue(option)}' \\\n");
        }

        return $$"""
            #compdef tachost
            # zsh completion for tachost:  tachost completion zsh > "${fpath[1]}/_tachost"
            _arguments -s \
            {{specifications}}    '1:tac file:_files -g "*.csx"'

            """;
    }

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
            text.Append(CultureInfo.InvariantCulture, $"complete -c tachost{letter} -l {option.Name[2..]}{FishValue(option)} -d '{option.Description.Replace("'", "\\'", StringComparison.Ordinal)}'\n");
        }

        return text.Append("complete -c tachost -n __fish_is_first_token -a 'completion manpage'\n").ToString();
    }

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
