using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TacHost.Services.Networking;

namespace TacHost.Services.Tests.Networking;

/// <summary>Servers that ask clients for certificates, and keys that are encrypted.</summary>
public sealed class ClientCertificatesTests : IDisposable
{
    private static readonly DateTimeOffset _longAgo = DateTimeOffset.UnixEpoch;
    private static readonly DateTimeOffset _farAhead = DateTimeOffset.UnixEpoch.AddYears(200);

    private readonly TemporaryDirectory _directory = new();
    private readonly X509Certificate2 _authority = MakeAuthority("Garage");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Client_WithACertificateOfTheAuthority_IsNamed(SslProtocols version)
    {
        var factory = RecordingFactory.Echo();
        await using var running = await StartAsync(Options(), factory, out var server);
        using var certificate = Issue(_authority, "phone");
        Assert.Equal("hello", await TalkAsync(server, certificate, version));
        var transport = (await factory.NextAsync()).Transport!;
        Assert.Equal(("phone", certificate.Thumbprint), (transport.PeerName, transport.PeerCertificate!.Thumbprint));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("of another authority")]
    [InlineData("self-signed")]
    [InlineData("expired")]
    [InlineData("for servers only")]
    public async Task Client_WithoutACertificateOfTheAuthority_IsRefused(string which)
    {
        await using var running = await StartAsync(Options(), RecordingFactory.Echo(), out var server);
        using var stranger = MakeAuthority("Garage");
        using var certificate = which switch
        {
            "of another authority" => Issue(stranger, "phone"),
            "self-signed" => TestCertificates.Make("phone"),
            "expired" => Issue(_authority, "phone", until: _longAgo.AddYears(1)),
            "for servers only" => Issue(_authority, "phone", use: "1.3.6.1.5.5.7.3.1"),
            _ => null,
        };
        Assert.Null(await TalkAsync(server, certificate));
        using var good = Issue(_authority, "phone");
        Assert.Equal("hello", await TalkAsync(server, good));
    }

    [Fact]
    public async Task Client_OfAServerThatOnlyAsks_MayHaveNoneButNotAWrongOne()
    {
        var factory = RecordingFactory.Echo();
        await using var running = await StartAsync(Options(required: false), factory, out var server);
        Assert.Equal("hello", await TalkAsync(server, null));
        Assert.Null((await factory.NextAsync()).Transport!.PeerName);
        using var wrong = TestCertificates.Make("phone");
        Assert.Null(await TalkAsync(server, wrong));
    }

    [Fact]
    public async Task Authorities_ThatChange_HoldForTheNextClient()
    {
        await using var running = await StartAsync(Options(), RecordingFactory.Echo(), out var server);
        using var old = Issue(_authority, "phone");
        Assert.Equal("hello", await TalkAsync(server, old));
        using var next = MakeAuthority("Carport");
        using var fresh = Issue(next, "phone");
        Assert.Null(await TalkAsync(server, fresh));
        await File.WriteAllTextAsync(_directory["ca.pem"], next.ExportCertificatePem() + "\n", Token);
        Assert.Equal("hello", await TalkAsync(server, fresh));
        Assert.Null(await TalkAsync(server, old));
        await File.WriteAllTextAsync(_directory["ca.pem"], "rubbish", Token);
        Assert.Equal("hello", await TalkAsync(server, fresh));
        Assert.Single(running.Log.Lines, line => line.Text.Contains("have changed and cannot be read", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Endpoint_OpenSslAsTheClient_IsNamed()
    {
        var factory = RecordingFactory.Echo();
        var (file, key) = TestCertificates.WritePem(_directory, "localhost");
        await File.WriteAllTextAsync(_directory["ca.pem"], _authority.ExportCertificatePem(), Token);
        StreamServer server = new($"tls:0:certificate={file}:key={key}:clientCA={_directory["ca.pem"]}:interface=127.0.0.1", factory);
        await using var running = await RunningService.StartAsync(server);
        using var certificate = Issue(_authority, "opener");
        await File.WriteAllTextAsync(_directory["me.pem"], certificate.ExportCertificatePem() + "\n" + certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem(), Token);
        var port = ((IPEndPoint)server.LocalAddresses[0]).Port.ToString(CultureInfo.InvariantCulture);
        await RealClient.RunAsync("openssl", "hello\n", "s_client", "-quiet", "-no_ign_eof", "-connect", $"127.0.0.1:{port}", "-cert", _directory["me.pem"]);
        var protocol = await factory.NextAsync();
        await protocol.ReceivedAsync("hello\n");
        Assert.Equal("opener", protocol.Transport!.PeerName);
    }

    [Theory]
    [InlineData("tls:0:certificate=a.pem:clientCA=", "its 'clientCA' is empty")]
    [InlineData("tls:0:certificate=a.pem:clientCertificate=optional", "'clientCertificate' has no 'clientCA' beside it")]
    [InlineData("tls:0:certificate=a.pem:clientCA=ca.pem:clientCertificate=perhaps", "'required' or 'optional'")]
    public void Endpoint_Mistake_IsTold(string text, string reason) =>
        Assert.Contains(reason, Assert.Throws<FormatException>(() => Endpoint.Parse(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("tls:443:certificate=a.pem:passwordFile=pw:clientCA=ca.pem:clientCertificate=optional")]
    [InlineData("tls:443:certificate=a.pem:clientCA=ca.pem")]
    public void Endpoint_Printed_CanBeParsedAgain(string text) => Assert.Equal(text, Endpoint.Parse(text).ToString());

    [Fact]
    public async Task StartAsync_AuthoritiesThatCannotBeRead_SaysWhichAndWhatToDo()
    {
        var options = Options();
        File.Delete(_directory["ca.pem"]);
        var e = await Assert.ThrowsAsync<CannotListenException>(() => StartAsync(options, RecordingFactory.Echo(), out _));
        Assert.Contains($"because the authorities for client certificates in '{_directory["ca.pem"]}' cannot be read", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pem")]
    [InlineData("pfx")]
    public async Task PasswordFile_OfAnEncryptedKey_IsRead(string form)
    {
        await File.WriteAllTextAsync(_directory["pw"], "s3cret\nsecond line\n", Token);
        var source = form == "pfx" ? TlsCertificate.FromPfx(TestCertificates.WritePfx(_directory, "localhost", "s3cret")) : TlsCertificate.FromPem(Encrypted(), _directory["localhost.key"]);
        await using var running = await StartAsync(new TlsOptions(source.WithPasswordFile(_directory["pw"])), RecordingFactory.Echo(), out var server);
        Assert.Equal("hello", await TalkAsync(server, null));
    }

    [Theory]
    [InlineData("none", "The key is encrypted, and its password is missing. Name a file with the password by 'passwordFile'")]
    [InlineData("wrong", "The password does not fit the key.")]
    [InlineData("needless", "There is a password, but the key is not encrypted.")]
    [InlineData("old", "The key is encrypted in OpenSSL's old form. Convert it with 'openssl pkcs8 -topk8'.")]
    [InlineData("ed25519", "The key is an Ed25519 key, which .NET cannot use.")]
    public async Task Key_ThatCannotBeUsed_SaysWhy(string which, string reason)
    {
        var certificate = which is "needless" or "ed25519" or "old" ? TestCertificates.WritePem(_directory, "localhost").Certificate : Encrypted();
        if (which is "old")
            await File.WriteAllTextAsync(_directory["localhost.key"], "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,AA\n\nAAAA\n-----END EC PRIVATE KEY-----\n", Token);
        if (which is "ed25519")
            await RealClient.RunAsync("openssl", "", "req", "-x509", "-newkey", "ed25519", "-nodes", "-subj", "/CN=localhost", "-keyout", _directory["localhost.key"], "-out", certificate);
        var source = TlsCertificate.FromPem(certificate, _directory["localhost.key"], password: which is "wrong" or "needless" ? "guess" : null);
        var e = await Assert.ThrowsAsync<CannotListenException>(() => StartAsync(new TlsOptions(source), RecordingFactory.Echo(), out _));
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _authority.Dispose();
        _directory.Dispose();
    }

    private static X509Certificate2 MakeAuthority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        return request.CreateSelfSigned(_longAgo, _farAhead);
    }

    private static X509Certificate2 Issue(X509Certificate2 authority, string name, string use = "1.3.6.1.5.5.7.3.2", DateTimeOffset? until = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(use)], critical: false));
        using var bare = request.Create(authority, _longAgo, until ?? _farAhead, [1, 2, 3]);
        return bare.CopyWithPrivateKey(key);
    }

    private string Encrypted()
    {
        var (certificate, keyFile) = TestCertificates.WritePem(_directory, "localhost");
        using var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(keyFile));
        File.WriteAllText(keyFile, key.ExportEncryptedPkcs8PrivateKeyPem("s3cret", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)));
        return certificate;
    }

    private TlsOptions Options(bool required = true)
    {
        File.WriteAllText(_directory["ca.pem"], _authority.ExportCertificatePem());
        var (certificate, key) = TestCertificates.WritePem(_directory, "localhost");
        return new TlsOptions(TlsCertificate.FromPem(certificate, key)) { ClientAuthorities = _directory["ca.pem"], RequiresClientCertificate = required };
    }

    private static Task<RunningService> StartAsync(TlsOptions options, ServerFactory factory, out TlsServer server) =>
        RunningService.StartAsync(server = new TlsServer(0, factory, options, "127.0.0.1"));

    /// <summary>Says hello, and returns the echo, or null if the server refuses the client.</summary>
    private static async Task<string?> TalkAsync(TlsServer server, X509Certificate2? certificate, SslProtocols version = SslProtocols.None)
    {
        using TcpClient client = new();
        await client.ConnectAsync(server.LocalAddresses[0], Token);
        using SslStream tls = new(client.GetStream());
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "localhost",
                    EnabledSslProtocols = version,
                    ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(certificate, null, offline: true),
                    RemoteCertificateValidationCallback = (_, presented, _, _) => presented?.Subject == "CN=localhost",
                },
                Token);
            await tls.WriteAsync("hello"u8.ToArray(), Token);
            var answer = new byte[5];
            await tls.ReadExactlyAsync(answer, Token).AsTask().Soon();
            return System.Text.Encoding.ASCII.GetString(answer);
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            return null;
        }
    }
}
