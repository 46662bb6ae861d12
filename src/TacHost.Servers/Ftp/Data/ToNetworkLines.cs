namespace TacHost.Servers.Ftp.Data;

/// <summary>TYPE A on its way out: every line ends in CR LF. One that already does is left alone.</summary>
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
