using System.Text;

namespace TacHost.Services.Prompts;

/// <summary>The members that a line of a prompt can use without declaring them. Their names follow the conventions of scripts.</summary>
#pragma warning disable IDE1006, CA1822, SA1300 // the names that lines use
public abstract class PromptGlobals
{
    private readonly StringBuilder _output = new();

    /// <summary>The cancellation token of a line. Each line has its own, because an abandoned line can run at the same time as later lines.</summary>
    private readonly AsyncLocal<CancellationToken> _cancelled = new();
    private readonly int _longestOutput;

    /// <summary>Initializes the members for one prompt.</summary>
    private protected PromptGlobals(int longestOutput) => _longestOutput = longestOutput;

    /// <summary>Gets a token that is cancelled when the user interrupts the line, or the timeout of the line expires.</summary>
    public CancellationToken cancelled => _cancelled.Value;

    /// <summary>Shows a value at the prompt. Console output is written to the log instead.</summary>
    public void print(object? value)
    {
        lock (_output)
        {
            var text = $"{value}\n";
            _output.Append(text, 0, Math.Min(text.Length, _longestOutput + 1 - _output.Length));
        }
    }

    internal void Begin(CancellationToken token) => _cancelled.Value = token;

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
