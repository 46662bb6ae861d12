using System.Globalization;

namespace TacHost;

/// <summary>A mistake that <c>tachost check</c> has found.</summary>
/// <param name="Rule">The name of the rule for programs that read JSON, such as <c>port</c>.</param>
/// <param name="Message">The message for people.</param>
internal sealed record Finding(string Rule, string Message)
{
    /// <summary>Gets the source file, or null if the mistake is not in a line.</summary>
    public string? File { get; init; }

    /// <summary>Gets the line, beginning with 1, or 0.</summary>
    public int Line { get; init; }

    /// <summary>Gets the column, beginning with 1, or 0.</summary>
    public int Column { get; init; }

    public string? Service { get; init; }

    /// <summary>Gets the exit code of a check whose first finding this is.</summary>
    public int ExitCode { get; init; } = TacHost.ExitCode.Unavailable;

    /// <summary>Returns the finding of an exception that has only a message.</summary>
    public static Finding Of(TacHostException exception) => new(RuleOf(exception.ExitCode), exception.Message) { ExitCode = exception.ExitCode };

    /// <summary>Returns the message after the line, in the form that editors and terminals make a link of.</summary>
    public override string ToString() => File is null ? Message : string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}: {Message}");

    public static Finding Read(BinaryReader reader) => new(reader.ReadString(), reader.ReadString())
    {
        File = reader.ReadString() is { Length: > 0 } file ? file : null,
        Line = reader.ReadInt32(),
        Column = reader.ReadInt32(),
        ExitCode = reader.ReadInt32(),
    };

    /// <summary>Writes the finding. The command, which has no services, makes none that names one.</summary>
    public void Write(BinaryWriter writer)
    {
        writer.Write(Rule);
        writer.Write(Message);
        writer.Write(File ?? "");
        writer.Write(Line);
        writer.Write(Column);
        writer.Write(ExitCode);
    }

    private static string RuleOf(int exitCode) => exitCode switch
    {
        TacHost.ExitCode.Usage => "parameter",
        TacHost.ExitCode.NoInput => "input",
        TacHost.ExitCode.Software => "exception",
        TacHost.ExitCode.TimedOut => "timeout",
        TacHost.ExitCode.Unavailable => "unavailable",
        _ => "tac",
    };
}
