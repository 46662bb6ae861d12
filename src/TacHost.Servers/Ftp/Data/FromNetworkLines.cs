namespace TacHost.Servers.Ftp.Data;

/// <summary>TYPE A on its way in: CR LF becomes LF. Any other CR stays.</summary>
internal sealed class FromNetworkLines
{
    private bool _carriageReturn;

    /// <summary>What is left at the end.</summary>
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
