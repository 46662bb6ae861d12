namespace TacHost.Ftp.Data;

/// <summary>The encoder for sent data in TYPE A: LF becomes CR LF. An existing CR LF is preserved.</summary>
internal sealed class ToNetworkLines
{
    private byte _last;

    public byte[] Convert(ReadOnlySpan<byte> bytes)
    {
        var converted = new byte[bytes.Length + bytes.Count((byte)'\n')];
        var length = 0;
        foreach (var each in bytes)
        {
            if (each == '\n' && _last != '\r')
                converted[length++] = (byte)'\r';
            converted[length++] = _last = each;
        }

        return converted[..length];
    }
}
