
namespace TacHost.Services.Tests;

public sealed class PasswordFileTests : IDisposable
{
    private const string Sha512 = "$6$abcdefgh$ltjgWl6579NluT/Vi1nwEvcil.G5Nbc4NiXZaNGStk8PSwGfQv72N2CKPPrVACtLtip/cZ/1GM/O6IND4WQhG.";
    private const string Bcrypt = "$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a";

    private readonly TemporaryDirectory _directory = new();

    [Theory]
    [InlineData(Sha512)]
    [InlineData("$5$abcdefgh$gruCpC7VkOTspMQTTSAR8mtlO9Upms.fwqE5y16JVM.")]
    [InlineData(Bcrypt)]
    [InlineData("$y$j9T$abcdefghijkl$XFQnRmFDoRnfefa6tLCdzcaB9xoGhmmkRgfG1lm0pK1")]
    [InlineData("$7$CU..../....abcdefgh$XWs9HxtpA2.6U5CDBBbcW.h3o9pYlC.MIIb8JqMgZx6")]
    public async Task Verify_EachStrongHash_KnowsTheRightPassword(string hash)
    {
        var file = Write($"alice:{hash}\n");
        Assert.Equal("alice", (await VerifyAsync(file, "alice", "secret"))!.Name);
        Assert.Null(await VerifyAsync(file, "alice", "Secret"));
        Assert.Null(await VerifyAsync(file, "alice", ""));
    }

    [Theory]
    [InlineData("openssl", "passwd -6 pässwörd")]
    [InlineData("openssl", "passwd -5 pässwörd")]
    [InlineData("mkpasswd", "pässwörd")]
    [InlineData("mkpasswd", "-m bcrypt pässwörd")]
    [InlineData("mkpasswd", "-m scrypt pässwörd")]
    [InlineData("htpasswd", "-nbB bob pässwörd")]
    public async Task Verify_HashOfARealProgram_KnowsThePassword(string program, string arguments)
    {
        var output = (await RealClient.RunAsync(program, "", arguments.Split(' '))).Trim();
        var file = Write(output.StartsWith("bob:", StringComparison.Ordinal) ? output : $"bob:{output}");
        Assert.NotNull(await VerifyAsync(file, "bob", "pässwörd"));
        Assert.Null(await VerifyAsync(file, "bob", "passwörd"));
    }

    [Fact]
    public async Task Verify_UnknownOrLockedUser_IsNull()
    {
        var file = Write($"alice:{Sha512}\nlocked:!{Sha512}\nnever:*\n");
        Assert.Null(await VerifyAsync(file, "bob", "secret"));
        Assert.Null(await VerifyAsync(file, "locked", "secret"));
        Assert.Null(await VerifyAsync(file, "never", "*"));
        Assert.Null(await VerifyAsync(file, "", "secret"));
        Assert.Null(await VerifyAsync(Write("# nobody yet\n"), "alice", "secret"));
    }

    [Fact]
    public async Task Verify_PasswordWithNulOrTooLong_IsNobodys()
    {
        var file = Write($"alice:{Sha512}\n");
        Assert.Null(await VerifyAsync(file, "alice", "secret\0x"));
        Assert.Null(await VerifyAsync(file, "alice", new string('x', 100_000)));
    }

    [Fact]
    public async Task Verify_Home_IsTold()
    {
        var file = Write($"\uFEFF# users\r\n\r\nalice:{Sha512}:/pub/alice:more\r\nbob:{Sha512}:\r\n");
        Assert.Equal("/pub/alice", (await VerifyAsync(file, "alice", "secret"))?.Home);
        Assert.Equal("bob", (await VerifyAsync(file, "bob", "secret"))!.Name);
    }

    [Theory]
    [InlineData("secret", "line 2, cannot be used: 'bob' has a password in plain text. Make a hash with 'openssl passwd -6'")]
    [InlineData("", "'bob' has no password")]
    [InlineData("$1$abcdefgh$cHJi5PXp/ki/ktXzqlk6I1", "'bob' has an MD5 hash")]
    [InlineData("$apr1$abcdefgh$h9FWgUz3n9YxylKLlR5SQ/", "'bob' has an MD5 hash")]
    [InlineData("{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=", "'bob' has a hash that is broken")]
    [InlineData("abJnggxhB/yWI", "'bob' has a DES hash")]
    [InlineData("$6$abcdefgh$short", "'bob' has a hash that is damaged")]
    [InlineData("$9$abcdefgh$ltjgWl6579NluT", "'bob' has a hash that is damaged or of an unknown kind")]
    public void Load_WeakHash_IsRefusedWithItsLine(string hash, string message)
    {
        var failure = Assert.Throws<PasswordFileException>(Write($"alice:{Sha512}\nbob:{hash}\n").Load);
        Assert.Equal(2, failure.Line);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
        if (hash.Length > 0)
            Assert.DoesNotContain($"{hash}'", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("alice\n", "'name:hash'")]
    [InlineData($":{Sha512}\n", "'name:hash'")]
    [InlineData($"alice:{Sha512}\nalice:{Sha512}\n", "'alice' is in line 1 already")]
    [InlineData($"alice:{Sha512}:19000:0:99999\n", "the home of 'alice', the third field")]
    public void Load_BadLine_IsRefused(string text, string message) =>
        Assert.Contains(message, Assert.Throws<PasswordFileException>(Write(text).Load).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void Load_FileThatOthersMayWrite_IsRefused(UnixFileMode mode)
    {
        var file = Write($"alice:{Sha512}\n");
        File.SetUnixFileMode(file.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | mode);
        Assert.Contains($"Run: chmod go-w '{file.Path}'", Assert.Throws<PasswordFileException>(file.Load).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_FileMissingOrNoText_IsTold()
    {
        Assert.Contains("Name a file that this process can read", Assert.Throws<PasswordFileException>(new PasswordFile(_directory["none"]).Load).Message, StringComparison.Ordinal);
        var file = Write("");
        File.WriteAllBytes(file.Path, [0xC3, 0x28, 0x0A]);
        Assert.Contains("not a text in UTF-8", Assert.Throws<PasswordFileException>(file.Load).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_FileChanged_IsReadAgain()
    {
        var file = Write($"alice:{Sha512}\n");
        Assert.NotNull(await VerifyAsync(file, "alice", "secret"));
        Write($"robert:{Bcrypt}\n");
        Assert.Null(await VerifyAsync(file, "alice", "secret"));
        Assert.NotNull(await VerifyAsync(file, "robert", "secret"));
    }

    [Fact]
    public async Task Verify_FileDamaged_LetsNobodyInUntilItIsMended()
    {
        var file = Write($"alice:{Sha512}\n");
        file.Load();
        Write($"alice:{Sha512}\nbob:plain\n");
        Assert.Equal(2, (await Assert.ThrowsAsync<PasswordFileException>(() => VerifyAsync(file, "alice", "secret"))).Line);
        await Assert.ThrowsAsync<PasswordFileException>(() => VerifyAsync(file, "alice", "secret"));
        Write($"alice:{Sha512}\n");
        Assert.NotNull(await VerifyAsync(file, "alice", "secret"));
    }

    [Fact]
    public async Task Verify_ManyAtOnce_AllAreAnswered()
    {
        var file = Write($"alice:{Bcrypt}\n");
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => VerifyAsync(file, "alice", i % 2 == 0 ? "secret" : "wrong")));
        Assert.Equal(20, answers.Count(answer => answer is not null));
    }

    public void Dispose() => _directory.Dispose();

    private static Task<PasswordFileUser?> VerifyAsync(PasswordFile file, string name, string password) =>
        file.VerifyAsync(name, password, TestContext.Current.CancellationToken).Soon();

    private PasswordFile Write(string text)
    {
        var path = _directory["users"];
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return new PasswordFile(path);
    }
}
