using System.Text;

namespace TacHost.Logging;

/// <summary>Converts printed text to log lines, one for each line.</summary>
/// <param name="log">Logs a line.</param>
/// <param name="original">The writer for text that the log itself prints while it logs a line.</param>
internal sealed class CapturedWriter(Action<string> log, Lazy<TextWriter> original) : ConsoleWriter
{
    private const int LongestLine = 1024 * 1024;

    [ThreadStatic]
    private static bool _isLogging;

    private readonly Lock _gate = new();
    private readonly StringBuilder _line = new();

    public override void Write(ReadOnlySpan<char> buffer)
    {
        if (_isLogging)
        {
            original.Value.Write(buffer);
            return;
        }

        foreach (var line in Take(buffer))
            Log(line);
    }

    /// <summary>Does nothing, because only an incomplete line is buffered.</summary>
    public override void Flush()
    {
    }

    public void EndLine()
    {
        foreach (var line in Take("\n"))
        {
            if (line.Length > 0)
                Log(line);
        }
    }

    private List<string> Take(ReadOnlySpan<char> text)
    {
        List<string> lines = [];
        lock (_gate)
        {
            while (text.IndexOf('\n') is >= 0 and var end)
            {
                lines.Add(_line.Append(text[..end]).ToString().TrimEnd('\r'));
                _line.Clear();
                text = text[(end + 1)..];
            }

            _line.Append(text);
            if (_line.Length > LongestLine)
            {
                lines.Add(_line.ToString());
                _line.Clear();
            }
        }

        return lines;
    }

    private void Log(string line)
    {
        _isLogging = true;
        try
        {
            log(line);
        }
        finally
        {
            _isLogging = false;
        }
    }
}
