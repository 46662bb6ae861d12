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

    public static Screen Standard { get; } = new();

    public bool IsTerminal { get; } = !Console.IsOutputRedirected;

    /// <summary>Gets the width of the terminal in characters, or null for no limit.</summary>
    public int? Width => IsTerminal ? TerminalSize.Columns : null;

    private bool HasColours => IsTerminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    public string State(string state) => state switch
    {
        "running" => Coloured(Green, state),
        "failed" or "does not answer" => Coloured(Red, state),
        "starting" or "stopping" => Coloured(Yellow, state),
        _ => state,
    };

    public string Line(string level, string line) => level switch
    {
        "warn" => Coloured(Yellow, line),
        "error" or "critical" => Coloured(Red, line),
        _ => line,
    };

    public string Heading(string text) => Coloured(Bold, text);

    public string Alarm(string text) => Coloured(Red, text);

    private string Coloured(int colour, string text) => HasColours ? $"\e[{colour}m{text}\e[{Reset}m" : text;
}
