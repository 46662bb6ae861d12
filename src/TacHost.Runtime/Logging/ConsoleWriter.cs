using System.Text;

namespace TacHost.Logging;

/// <summary>A writer for <see cref="Console"/>. Each call, also of a whole line, ends in one call of <see cref="Write(ReadOnlySpan{char})"/>.</summary>
internal abstract class ConsoleWriter : TextWriter
{
    public sealed override Encoding Encoding => Encoding.UTF8;

    public sealed override void Write(char value) => Write([value]);

    public sealed override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public sealed override void Write(string? value) => Write(value.AsSpan());

    public sealed override void WriteLine(string? value) => Write($"{value}\n");

    public abstract override void Write(ReadOnlySpan<char> buffer);
}
