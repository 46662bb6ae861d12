namespace TacHost.Ftp.Data;

/// <summary>The decoder for received data in TYPE A: CR LF becomes LF. Any other CR is preserved.</summary>
internal sealed class FromNetworkLines
{
    private bool _carriageReturn;

    /// <summary>Gets the pending CR at the end of the data.</summary>
    public ReadOnlyMemory<byte> Rest => _carriageReturn ? "\r"u8.ToArray() : ReadOnlyMemory<byte>.Empty;

    public byte[] Convert(ReadOnlyMemory<byte> bytes)
    {
        var converted = new byte[bytes.Length + 1];
        var length = 0;
        foreach (var each in bytes.Span)
        {
            if (_carriageReturn && each != '\n')
                converted[length++] = (byte)'\r';
            _carriageReturn = each == '\r';
            if (!_carriageReturn)
                converted[length++] = each;
        }

        return converted[..length];
    }
}
