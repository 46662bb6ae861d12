using System.Text;

namespace TacHost.Servers.ProcMon;

/// <summary>Makes lines of what a program prints. A line that is longer than allowed comes in pieces, so that a program without line ends cannot fill the memory.</summary>
/// <param name="longest">In characters.</param>
/// <param name="take">Gets each line, without its end.</param>
internal sealed class LineSplitter(int longest, Action<string> take)
{
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _line = new();

    /// <summary>Takes what was printed, cut anywhere. What is not UTF-8 becomes the replacement character.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        Span<char> chars = stackalloc char[256];
        while (true)
        {
            _decoder.Convert(bytes, chars, flush: false, out var read, out var made, out _);
            Split(chars[..made]);
            bytes = bytes[read..];
            if (bytes.IsEmpty)
                return;
        }
    }

    /// <summary>No more comes: what is left is the last line.</summary>
    public void Complete()
    {
        Span<char> chars = stackalloc char[4];
        _decoder.Convert([], chars, flush: true, out _, out var made, out _);
        Split(chars[..made]);
        if (_line.Length > 0)
            End();
    }

    private void Split(ReadOnlySpan<char> chars)
    {
        while (!chars.IsEmpty)
        {
            var end = chars.IndexOf('\n');
            var part = end < 0 ? chars : chars[..end];
            while (_line.Length + part.Length > longest)
            {
                var room = longest - _line.Length;

                // The halves of a surrogate pair stay together.
                if (room > 0 && char.IsHighSurrogate(part[room - 1]))
                    room--;
                _line.Append(part[..room]);
                part = part[room..];
                End();
            }

            _line.Append(part);
            if (end < 0)
                return;
            End();
            chars = chars[(end + 1)..];
        }
    }

    private void End()
    {
        if (_line.Length > 0 && _line[^1] == '\r')
            _line.Length--;
        take(_line.ToString());
        _line.Clear();
    }
}
