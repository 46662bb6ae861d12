using CsCheck;
using TacHost.Services.Networking;
using TacHost.Services.Networking.Endpoints;

namespace TacHost.Services.Tests.Networking;

public sealed class EndpointTests
{
    private static readonly Gen<string> _text = Gen.String[Gen.Char[@":=\ab/0é"], 0, 12];

    private static readonly Gen<string> _word = OneOf(
        "tcp", "tcp6", "unix", "systemd", "fd", "tls", "ssl", "haproxy", "80", "65536", "interface", "port", "host", "mode", "666", "domain", "INET", "index", "name",
        "certificate", "key", "timeout", "::1", "127.0.0.1", ":", ":", ":", "=", "\\", "\0", "", "é");

    [Theory]
    [InlineData("tcp:10000:interface=127.0.0.1", "tcp:10000:interface=127.0.0.1")]
    [InlineData("tcp:80:127.0.0.1:50", "tcp:80:interface=127.0.0.1:backlog=50")]
    [InlineData("tcp:port=80", "tcp:80")]
    [InlineData(@"tcp:80:interface=\:\:1", @"tcp:80:interface=\:\:1")]
    [InlineData("tcp6:80", "tcp6:80")]
    [InlineData("tcp6:80:interface=localhost", "tcp6:80:interface=localhost")]
    [InlineData("unix:/run/x.sock:mode=660:lockfile=0", "unix:/run/x.sock:mode=660")]
    [InlineData("unix:address=/run/x.sock:mode=0600:backlog=7", "unix:/run/x.sock:mode=600:backlog=7")]
    [InlineData(@"unix:/run/a\:b\\c\=d", @"unix:/run/a\:b\\c\=d")]
    [InlineData("unix:address=/run/a=b", @"unix:/run/a\=b")]
    [InlineData("systemd:domain=INET:index=0", "systemd:domain=INET:index=0")]
    [InlineData("systemd:INET6:1", "systemd:domain=INET6:index=1")]
    [InlineData("systemd:name=http", "systemd:name=http")]
    [InlineData("fd:3", "fd:3")]
    [InlineData(@"tls:443:certificate=c.pem:key=k.pem:chain=x.pem:interface=\:\:1", @"tls:443:certificate=c.pem:key=k.pem:chain=x.pem:interface=\:\:1")]
    [InlineData("ssl:443:privateKey=k.pem:certKey=c.pem", "tls:443:certificate=c.pem:key=k.pem")]
    [InlineData("ssl:443:server.pem", "tls:443:certificate=server.pem")]
    [InlineData(@"tls:8443:selfSigned=localhost,\:\:1:interface=127.0.0.1", @"tls:8443:selfSigned=localhost,\:\:1:interface=127.0.0.1")]
    [InlineData("tls:443:certificate=site.pfx:interface=127.0.0.1", "tls:443:certificate=site.pfx:interface=127.0.0.1")]
    [InlineData("haproxy:tcp:8080", "haproxy:tcp:8080")]
    [InlineData("haproxy:unix:/run/x.sock:mode=600", "haproxy:unix:/run/x.sock:mode=600")]
    [InlineData(@"haproxy:trust=10.0.0.0/8,192.0.2.1,fd00\:\:/8:tcp:80", @"haproxy:trust=10.0.0.0/8,192.0.2.1,fd00\:\:/8:tcp:80")]
    public void Parse_ServerEndpoint_IsUnderstood(string text, string canonical)
    {
        var endpoint = Endpoint.Parse(text);
        Assert.Equal(canonical, endpoint.ToString());
        Assert.Equal(endpoint, Endpoint.Parse(canonical));
        Assert.Equal(endpoint.GetHashCode(), Endpoint.Parse(canonical).GetHashCode());
    }

    [Theory]
    [InlineData("tcp:example.org:80", "tcp:example.org:80")]
    [InlineData("tcp:host=example.org:port=80:timeout=5", "tcp:example.org:80:timeout=5")]
    [InlineData(@"tcp:\:\:1:80:bindAddress=\:\:1", @"tcp:\:\:1:80:bindAddress=\:\:1")]
    [InlineData("unix:path=/run/x.sock", "unix:/run/x.sock")]
    [InlineData("cluster:alpha", "cluster:alpha")]
    [InlineData("cluster:name=alpha:run=/run/x:port=80:timeout=5", "cluster:alpha:fleet=/run/x:port=80:timeout=5")]
    [InlineData("unix:/run/x.sock:lockfile=1:timeout=30", "unix:/run/x.sock")]
    [InlineData("tls:example.org:443", "tls:example.org:443")]
    [InlineData("ssl:host=example.org:port=443:privateKey=k.pem:certKey=c.pem:trustRoots=ca.pem", "tls:example.org:443:certificate=c.pem:key=k.pem:trustRoots=ca.pem")]
    public void ParseClient_ClientEndpoint_IsUnderstood(string text, string canonical)
    {
        var endpoint = Endpoint.ParseClient(text);
        Assert.Equal(canonical, endpoint.ToString());
        Assert.Equal(endpoint, Endpoint.ParseClient(canonical));
    }

    [Theory]
    [InlineData("8080", "'8080' is not an endpoint, because there is no kind '8080'. Did you mean 'tcp:8080'? The kinds are tcp, ")]
    [InlineData("tpc:80", "there is no kind 'tpc'. Did you mean 'tcp'?")]
    [InlineData("", "it does not begin with a kind. Begin with the kind and a colon")]
    [InlineData("port=80", "it does not begin with a kind. Begin with the kind and a colon, such as 'tcp:10000'.")]
    [InlineData("tcp", "its port is missing. Expected a whole number from 0 to 65535.")]
    [InlineData("tcp:prot=80", "'tcp' has no parameter 'prot'. Did you mean 'port'?")]
    [InlineData("tcp:", "its port is ''. Expected a whole number from 0 to 65535.")]
    [InlineData("tcp:http", "its port is 'http'. Expected a whole number")]
    [InlineData("tcp:65536", "its port is '65536'")]
    [InlineData("tcp:-1", "its port is '-1'")]
    [InlineData("tcp:+1", "its port is '+1'")]
    [InlineData("tcp: 1", "its port is ' 1'")]
    [InlineData("tcp:99999999999999999999", "its port is '99999999999999999999'")]
    [InlineData("tcp:80:interfase=127.0.0.1", "'tcp' has no parameter 'interfase'. Did you mean 'interface'? It takes port, interface, backlog.")]
    [InlineData("tcp:80:interface=127.0.0.1:interface=::1", "it gives 'interface' twice. Leave one of them out.")]
    [InlineData("tcp:80:interface=::1", "its backlog is ''. Expected a whole number from 1")]
    [InlineData("tcp:80:a:5:b", "the part 'b' is one too many. 'tcp' takes port, interface, backlog; write '\\:' for a colon inside of a part.")]
    [InlineData("tcp:80:backlog=0", "its backlog is '0'")]
    [InlineData(@"tcp:80\", @"it ends in a single '\'. Write '\\' for a backslash.")]
    [InlineData("tcp6:80:interface=127.0.0.1", "its interface is '127.0.0.1'. Expected an IPv6 address, a name, or 'tcp' in place of 'tcp6'.")]
    [InlineData("unix:", "its address is ''. Expected the path of a socket.")]
    [InlineData("unix:/x:mode=9", "its mode is '9'. Expected up to four octal digits such as 660.")]
    [InlineData("unix:/x:mode=1777", "its mode is '1777'")]
    [InlineData("unix:/x:lockfile=yes", "its lockfile is 'yes'. Expected 0 or 1.")]
    [InlineData("unix:/x:address=/y", "its mode is '/x'")]
    [InlineData("unix:path=/x:address=/y", "it gives both 'address' and 'path', which are the same.")]
    [InlineData("systemd:domain=INET", "it gives neither 'index' nor 'name'. Say which socket by exactly one of them.")]
    [InlineData("systemd:domain=INET:index=0:name=x", "it gives both 'index' and 'name'.")]
    [InlineData("systemd:domain=inet6:index=0", "its domain is 'inet6'. Expected INET, INET6, UNIX; 'INET6' was probably meant.")]
    [InlineData("tls:443", "its certificate is missing. Expected certificate=")]
    [InlineData("tls:443", "or selfSigned=localhost for development")]
    [InlineData("tls:443:selfSigned=", "its selfSigned is ''. Expected the host names of the certificate")]
    [InlineData("tls:443:selfSigned=a,,b", "its selfSigned is 'a,,b'. Expected the host names of the certificate")]
    [InlineData("tls:443:selfSigned=localhost:certificate=x.pem", "it has both a certificate file and 'selfSigned'. Leave one of them out.")]
    [InlineData("tls:443:certificat=x", "'tls' has no parameter 'certificat'. Did you mean 'certificate'?")]
    [InlineData("tls:443:certificate=x.pfx:key=y", "its certificate is a PFX file, which holds the key as well. Leave 'key' out.")]
    [InlineData("haproxy", "no endpoint follows the prefix 'haproxy'.")]
    [InlineData("haproxy:trust=10.0.0.0/8", "no endpoint follows the trusted proxies.")]
    [InlineData("haproxy:trust=010.0.0.0/8:tcp:80", "its trust is '010.0.0.0/8'. Expected addresses and networks")]
    [InlineData("haproxy:trust=:tcp:80", "its trust is ''.")]
    [InlineData("haproxy:", "no endpoint follows the prefix 'haproxy'.")]
    [InlineData("fd:three", "its descriptor is 'three'")]
    public void Parse_Mistake_NamesThePartAndWhatIsExpected(string text, string message)
    {
        var failure = Assert.Throws<FormatException>(() => Endpoint.Parse(text));
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
        Assert.StartsWith($"'{text}' is not an endpoint, because ", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tcp:example.org", "its port is missing")]
    [InlineData("tcp:80", "its port is missing")]
    [InlineData("cluster:", "its name is ''. Expected the name of a deployment.")]
    [InlineData("cluster:alpha:fleet=/x:run=/y", "it gives both 'fleet' and 'run', which are the same.")]
    [InlineData("tcp:010.0.0.1:80", "its host is '010.0.0.1'. Expected the name or the address of a host; an IPv4 address is four")]
    [InlineData("tls:127.1:443", "its host is '127.1'.")]
    [InlineData("tcp:h:80:bindAddress=0x7f.0.0.1", "its bindAddress is '0x7f.0.0.1'.")]
    [InlineData("tcp:h:80:timeout=0", "its timeout is '0'. Expected a whole number from 1 to 86400.")]
    [InlineData("tcp:h:80:bindAddress=here", "its bindAddress is 'here'. Expected an address of this machine.")]
    [InlineData("systemd:name=x", "there is no kind 'systemd'. The kinds are tcp, tls, ssl, unix, cluster.")]
    public void ParseClient_Mistake_NamesThePartAndWhatIsExpected(string text, string message)
    {
        var failure = Assert.Throws<FormatException>(() => Endpoint.ParseClient(text));
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("haproxy:haproxy:tcp:80", "'haproxy:tcp:80' is not an endpoint, because no endpoint follows")]
    [InlineData("haproxy:tpc:80", "'tpc:80' is not an endpoint, because there is no kind 'tpc'")]
    public void Parse_MistakeBehindThePrefix_NamesTheRest(string text, string message)
    {
        var failure = Assert.Throws<FormatException>(() => Endpoint.Parse(text));
        Assert.StartsWith(message, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_EndlessText_IsQuotedInPart()
    {
        var failure = Assert.Throws<FormatException>(() => Endpoint.Parse(new string('x', 100_000)));
        Assert.InRange(failure.Message.Length, 1, 600);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("tcp:80:interface=x")]
    [InlineData("tcp:")]
    [InlineData("unix:x=")]
    [InlineData(@"tls:\:")]
    public void Parse_LongText_AllocatesNoMoreThanAFewTimesItsLength(string beginning)
    {
        var text = beginning + string.Concat(Enumerable.Repeat("a:", 50_000));
        _ = Record.Exception(() => Endpoint.Parse(text));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.IsType<FormatException>(Record.Exception(() => Endpoint.Parse(text)));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100L * text.Length);
    }

    [Fact]
    public void ToString_AnyTcpServer_IsParsedAsTheSame() =>
        Gen.Select(Gen.Int[0, 65535], _text, Gen.Int[1, int.MaxValue].Nullable()).Sample((port, iface, backlog) =>
            IsParsedAsTheSame(new TcpServerEndpoint(port, iface, backlog)));

    [Fact]
    public void ToString_AnyUnixServer_IsParsedAsTheSame() =>
        Gen.Select(_text, Gen.Int[0, 0x1FF], Gen.Int[1, int.MaxValue].Nullable()).Sample((path, mode, backlog) =>
            IsParsedAsTheSame(new UnixServerEndpoint($"/{path}", (UnixFileMode)mode, backlog)));

    [Fact]
    public void ToString_AnySystemdSocket_IsParsedAsTheSame() =>
        Gen.Select(OneOf<string?>(null, "INET", "INET6", "UNIX"), _text, Gen.Int[0, int.MaxValue], Gen.Bool).Sample((domain, name, index, named) =>
            IsParsedAsTheSame(named ? new SystemdServerEndpoint(domain, null, name) : new SystemdServerEndpoint(domain, index, null)));

    [Fact]
    public void ToString_AnyTlsServer_IsParsedAsTheSame() =>
        Gen.Select(Gen.Int[0, 65535], _text, _text, _text).Sample((port, certificate, key, iface) =>
            IsParsedAsTheSame(new TlsServerEndpoint(new TcpServerEndpoint(port, iface), new TlsOptions(TlsCertificate.FromPem($"c{certificate}", $"k{key}")))));

    [Fact]
    public void ToString_AnyTlsClient_IsParsedAsTheSame() =>
        Gen.Select(_text, Gen.Int[0, 65535], _text.Null(), _text.Null(), Gen.Int[1, 86_400]).Sample((host, port, certificate, roots, timeout) =>
        {
            TlsClientEndpoint endpoint = new() { Host = $"h{host}", Port = port, Certificate = certificate, TrustRoots = roots };
            return Endpoint.ParseClient($"{endpoint}:timeout={timeout}") is TlsClientEndpoint parsed
                && (parsed.Host, parsed.Port, parsed.Certificate, parsed.TrustRoots) == (endpoint.Host, port, certificate, roots)
                && parsed.Timeout == TimeSpan.FromSeconds(timeout)
                && Endpoint.ParseClient(parsed.ToString()).Equals(parsed);
        });

    [Fact]
    public void Parse_AnyText_ThrowsNothingButFormatException() =>
        _word.Array[0, 14].Sample(words => OnlyFormatException(string.Concat(words)), iter: 20_000);

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    private static bool IsParsedAsTheSame(ServerEndpoint endpoint)
    {
        var parsed = Endpoint.Parse(endpoint.ToString());
        return parsed.GetType() == endpoint.GetType() && parsed.Equals(endpoint);
    }

    private static void OnlyFormatException(string text)
    {
        try
        {
            var endpoint = Endpoint.Parse(text);
            Assert.Equal(endpoint, Endpoint.Parse(endpoint.ToString()));
        }
        catch (FormatException e)
        {
            Assert.NotEmpty(e.Message);
        }

        try
        {
            var endpoint = Endpoint.ParseClient(text);
            Assert.Equal(endpoint, Endpoint.ParseClient(endpoint.ToString()));
        }
        catch (FormatException e)
        {
            Assert.NotEmpty(e.Message);
        }
    }
}
