using TacHost.Native;

namespace TacHost.Control.Client;

/// <summary>Standard output as a terminal: its width and its support of colours.</summary>
internal sealed class Screen
{
    private const int Reset = 0;
    private const int Bold = 1;
    private const int Red = 31;
    private const int Green = 32;
    private const int Yellow = 33;

    /// <summary>Gets the standard output of this process.</summary>
    public static Screen Standard { get; } = new();

    /// <summary>Gets whether standard output is a terminal.</summary>
    public bool IsTerminal { get; } = !Console.IsOutputRedirected;

    /// <summary>Gets the width of the terminal in characters, or null for no limit.</summary>
    public int? Width => IsTerminal ? TerminalSize.Columns : null;

    private bool HasColours => IsTerminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    /// <summary>Returns a text in the colour of a state.</summary>
    public string State(string state) => state switch
    {
        "running" => Coloured(Green, state),
        "failed" or "does not answer" => Coloured(Red, state),
        "starting" or "stopping" => Coloured(Yellow, state),
        _ => state,
    };

    /// <summary>Returns a line of a log in the colour of its level.</summary>
    public string Line(string level, string line) => level switch
    {
        "warn" => Coloured(Yellow, line),
        "error" or "critical" => Coloured(Red, line),
        _ => line,
    };

    /// <summary>Returns a text for a heading.</summary>
    public string Heading(string text) => Coloured(Bold, text);

    /// <summary>Returns a text in the colour of an error.</summary>
    public string Alarm(string text) => Coloured(Red, text);

    private string Coloured(int colour, string text) => HasColours ? $"\e[{colour}m{text}\e[{Reset}m" : text;
}
