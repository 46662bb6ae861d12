using System.Text;
using Microsoft.Extensions.Logging;
using TacHost.Logging;

namespace TacHost.Tests.Logging;

/// <summary>Keeps the lines it gets.</summary>
internal sealed class RecordingSink : ILogSink
{
    private readonly Lock _gate = new();
    private readonly List<(LogLevel Level, string Text)> _lines = [];

    public IReadOnlyList<(LogLevel Level, string Text)> Lines
    {
        get
        {
            lock (_gate)
                return [.. _lines];
        }
    }

    /// <summary>The texts alone.</summary>
    public IEnumerable<string> Texts => Lines.Select(line => line.Text);

    public long LostLines => 0;

    public void Write(in LogLine line)
    {
        lock (_gate)
            _lines.Add((line.Level, Encoding.UTF8.GetString(line.Bytes)));
    }

    public void Flush()
    {
    }

    public void Dispose()
    {
    }
}
