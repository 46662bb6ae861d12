using System.Text;
using TacHost.Services;

namespace TacHost.Telnet.Compiler;

/// <summary>The members that a line can use without declaring them. Their names follow the conventions of scripts.</summary>
#pragma warning disable IDE1006, CA1051, CA1822, SA1300 // the names that lines use
public sealed class PromptGlobals(Application? application, int longestOutput)
{
    private readonly StringBuilder _output = new();

    /// <summary>The cancellation token of a line. Each line has its own, because an abandoned line can run at the same time as later lines.</summary>
    private readonly AsyncLocal<CancellationToken> _cancelled = new();

    /// <summary>The application that runs in this process.</summary>
    public readonly Application? application = application;

    /// <summary>Gets a token that is cancelled when the timeout of the line expires.</summary>
    public CancellationToken cancelled => _cancelled.Value;

    /// <summary>Shows a value in the session. Console output is written to the log instead.</summary>
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
