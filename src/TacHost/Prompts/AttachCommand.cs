using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using TacHost.CommandLine;
using TacHost.Control.Client;
using TacHost.Control.Wire;

namespace TacHost.Prompts;

/// <summary><c>tachost attach</c>: a C# prompt in a running application, on a terminal or for lines from a pipe.</summary>
internal sealed class AttachCommand(AttachedPrompt prompt, bool isTerminal, bool asJson) : IDisposable
{
    private readonly TerminalLines? _terminal = isTerminal && !asJson && !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb") ? new TerminalLines() : null;
    private readonly Lock _gate = new();
    private CancellationTokenSource? _line;

    /// <returns>0 at the end of the input. Without a terminal, the first line that fails ends the run, with 65 if it does not compile and 70 after an exception.</returns>
    /// <exception cref="TacHostException">The application does not exist, or has ended.</exception>
    public static int Run(string? who, CommandOptions command)
    {
        var running = ApplicationSearch.Find(who);
        using var prompt = AttachedPrompt.Open(running, command.Write);
        using AttachCommand attached = new(prompt, !Console.IsInputRedirected, command.Json);
        if (!Console.IsInputRedirected && !command.Json)
            Terminal.Write(Welcome(running, command.Write));
        return attached.ReadLines();
    }

    public void Dispose()
    {
        _line?.Dispose();
        _terminal?.Dispose();
    }

    private static string Welcome(RunningApplication running, bool canWrite) =>
        $"{SingleLine.EscapeLines(running.Name ?? "?")}, process {running.Process}. Each line is C#, runs in that process, and is written to its log. {(canWrite ? "'application' is its application" : "'application' is a read-only view; --write gives the application itself")}, print(x) shows a value.\nCtrl-C interrupts a line, Ctrl-D or 'exit' ends.\n";

    private int ReadLines()
    {
        using var interrupt = isTerminal ? PosixSignalRegistration.Create(PosixSignal.SIGINT, OnInterrupt) : null;
        using StreamReader input = new(Console.OpenStandardInput(), Encoding.UTF8);
        StringBuilder text = new();
        while (true)
        {
            if (!TryReadLine(input, text.Length == 0 ? "> " : ". ", out var line))
            {
                text.Clear();
                continue;
            }

            if (text.Length == 0 && line?.Trim() is null or "exit" or "quit")
                break;
            if (line is not null)
                text.Append(text.Length == 0 ? "" : "\n").Append(line);
            if (string.IsNullOrWhiteSpace(text.ToString()))
            {
                text.Clear();
                continue;
            }

            if (line is not null && !AttachedPrompt.IsComplete(text.ToString()))
                continue;
            var outcome = Evaluate(text.ToString());
            text.Clear();
            if (!isTerminal && outcome.Failure is not null)
                return outcome.ExitCode;
        }

        if (isTerminal && !asJson && _terminal is null)
            Terminal.Write("\n");
        return ExitCode.Success;
    }

    /// <returns>False if the user has dropped the line and those before it.</returns>
    private bool TryReadLine(StreamReader input, string prompt, out string? line)
    {
        if (_terminal is not null)
            return _terminal.TryRead(prompt, out line);
        ShowPrompt(prompt);
        line = input.ReadLine();
        return true;
    }

    private LineOutcome Evaluate(string text)
    {
        using CancellationTokenSource interrupted = new();
        lock (_gate)
            _line = interrupted;
        LineOutcome outcome;
        try
        {
            outcome = prompt.Evaluate(text, interrupted.Token);
        }
        finally
        {
            lock (_gate)
                _line = null;
        }

        if (asJson)
        {
            Terminal.Write(JsonOf(text, outcome));
            return outcome;
        }

        Terminal.Write(Escape(outcome.Output));
        if (outcome.Value is { } value)
            Terminal.Write(Escape(value + "\n"));
        if (outcome.Failure is { } failure)
            Terminal.WriteError(Escape(failure + "\n"));
        return outcome;
    }

    private void ShowPrompt(string prompt)
    {
        if (isTerminal && !asJson)
            Terminal.Write(prompt);
    }

    /// <summary>Interrupts the running line. Between lines, the terminal has already discarded the input.</summary>
    private void OnInterrupt(PosixSignalContext context)
    {
        context.Cancel = true;
        lock (_gate)
            _line?.Cancel();
        if (_line is null && _terminal is null)
        {
            Terminal.Write("\n");
            ShowPrompt("> ");
        }
    }

    private static string JsonOf(string text, LineOutcome outcome)
    {
        JsonObject json = new() { ["line"] = text };
        if (outcome.Output.Length > 0)
            json["output"] = outcome.Output;
        if (outcome.Value is { } value)
            json["value"] = value;
        if (outcome.Failure is { } failure)
            json["error"] = failure;
        using MemoryStream bytes = new();
        using (System.Text.Json.Utf8JsonWriter writer = new(bytes, ControlJson.Writer))
            json.WriteTo(writer);
        return Encoding.UTF8.GetString(bytes.ToArray()) + "\n";
    }

    private static string Escape(string text) => string.Join('\n', text.ReplaceLineEndings("\n").Split('\n').Select(SingleLine.EscapeLines));
}
