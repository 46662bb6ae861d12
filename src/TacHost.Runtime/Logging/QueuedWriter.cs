using System.Text;

namespace TacHost.Logging;

/// <summary>A writer for <see cref="Console"/> that writes to a queued output.</summary>
internal sealed class QueuedWriter(QueuedOutput output) : TextWriter
{
    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value) => Write([value]);

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(string? value) => Write(value.AsSpan());

    public override void WriteLine(string? value) => Write($"{value}\n");

    public override void Write(ReadOnlySpan<char> buffer)
    {
        if (buffer.Length > 0)
            output.Write(Encoding.UTF8.GetBytes(buffer.ToArray()));
    }
}
