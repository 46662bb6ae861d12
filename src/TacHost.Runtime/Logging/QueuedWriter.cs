using System.Text;

namespace TacHost.Logging;

/// <summary>A writer for <see cref="Console"/> that writes to a queued output.</summary>
internal sealed class QueuedWriter(QueuedOutput output) : ConsoleWriter
{
    public override void Write(ReadOnlySpan<char> buffer)
    {
        if (buffer.Length > 0)
            output.Write(Encoding.UTF8.GetBytes(buffer.ToArray()));
    }
}
