using System.Text;
using TacHost.Services;

namespace TacHost.Telnet.Prompt;

/// <summary>What a line can name without having declared it. The names are those of the script, not of C#.</summary>
#pragma warning disable IDE1006, CA1051, CA1822, SA1300 // the names that a line is written with
public sealed class PromptGlobals(Application? application, int longestOutput)
{
    private readonly StringBuilder _output = new();

    /// <summary>Each line has its own, also one that is left behind while others run.</summary>
    private readonly AsyncLocal<CancellationToken> _cancelled = new();

    /// <summary>The application that runs in this process.</summary>
    public readonly Application? application = application;

    /// <summary>Cancelled when the time of the line is over.</summary>
    public CancellationToken cancelled => _cancelled.Value;

    /// <summary>Shows a value in the session. What is written to the console goes to the log.</summary>
    public void print(object? value)
    {
        lock (_output)
        {
            var text = $"{value}\n";
            _output.Append(text, 0, Math.Min(text.Length, longestOutput + 1 - _output.Length));
        }
    }

    internal void Begin(CancellationToken time) => _cancelled.Value = time;

    internal string TakeOutput()
    {
        lock (_output)
        {
            var text = _output.ToString();
            _output.Clear();
            return text;
        }
    }
}
