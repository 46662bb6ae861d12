using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary><c>tachost --nodaemon ftp</c>, as the tutorial types it, and its clients.</summary>
public sealed class FtpPluginTests
{
    [Fact]
    public async Task Ftp_InTheForeground_ServesADirectoryToCurlLftpAndFtplib()
    {
        await using Sandbox sandbox = new();
        Directory.CreateDirectory(sandbox.PathOf("root/pub"));
        sandbox.Write("root/pub/poem.txt", Sandbox.Poem);
        sandbox.Write("secret.txt", "not for everybody");
        var server = sandbox.Start("--nodaemon", "ftp", "--port", "0", "--iface", "127.0.0.1", "--root", "root");
        await Until.SaidAsync(server, "is running");
        var address = $"127.0.0.1:{Proc.PortOf(server.Id)}";

        Assert.SkipUnless(Program.IsInstalled("curl"), "curl is not installed");
        Assert.Equal(Sandbox.Poem, (await sandbox.RunAsync("curl", "-s", $"ftp://{address}/pub/poem.txt")).Output);
        Assert.Equal("pub\n", (await sandbox.RunAsync("curl", "-s", "--list-only", $"ftp://{address}/")).Output);
        Assert.NotEqual(0, (await sandbox.RunAsync("curl", "-s", "--path-as-is", $"ftp://{address}/../secret.txt")).ExitCode);
        Assert.Equal(25, (await sandbox.RunAsync("curl", "-s", "-T", "poem.txt", $"ftp://{address}/pub/")).ExitCode); // it may not write

        Assert.SkipUnless(Program.IsInstalled("python3"), "python3 is not installed");
        var listed = await sandbox.RunAsync("python3", "-c", """
            import ftplib, sys
            host, port = sys.argv[1].split(':')
            ftp = ftplib.FTP()
            ftp.connect(host, int(port)); ftp.login(); ftp.cwd('pub')
            print([(name, facts['size']) for name, facts in ftp.mlsd() if facts['type'] == 'file'])
            ftp.retrbinary('RETR poem.txt', sys.stdout.buffer.write, rest=12)
            ftp.quit()
            """, address);
        Assert.Equal($"[('poem.txt', '{System.Text.Encoding.UTF8.GetByteCount(Sandbox.Poem)}')]\n{Sandbox.Poem[12..]}".Order(), listed.Output.Order());

        Assert.SkipUnless(Program.IsInstalled("lftp"), "lftp is not installed");
        Assert.Equal($"pub/poem.txt\n{Sandbox.Poem}", (await sandbox.RunAsync("lftp", "-c", $"set net:max-retries 1; open ftp://{address}; cls -1 pub; cat pub/poem.txt")).Output.Replace("\npoem.txt\n", "\npub/poem.txt\n", StringComparison.Ordinal));

        await sandbox.KillAsync(server.Id);
        await server.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Bounded.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(0, server.ExitCode);
    }

    [Fact]
    public async Task Ftp_DetachedAndGivingRootUp_TakesUploadsOfItsUsers()
    {
        Assert.SkipUnless(Program.IsInstalled("curl") && Program.IsInstalled("openssl"), "curl or openssl is not installed");
        await using Sandbox sandbox = new();
        const UnixFileMode all = (UnixFileMode)0b111_111_111;
        File.SetUnixFileMode(sandbox.Directory, all);
        Directory.CreateDirectory(sandbox.PathOf("root"));
        File.SetUnixFileMode(sandbox.PathOf("root"), all);
        var passwords = sandbox.Write("passwords", $"alice:{(await sandbox.RunAsync("openssl", "passwd", "-6", "secret")).Output}");
        string[] identity = Environment.IsPrivilegedProcess ? ["--uid", "nobody"] : [];
        var id = await sandbox.StartDaemonAsync([.. identity, "ftp", "--port", "0", "--iface", "127.0.0.1", "--root", "root", "--password-file", passwords, "--write"]);
        var url = $"ftp://alice:secret@127.0.0.1:{Proc.PortOf(id)}/poem.txt";
        sandbox.Write("first", "Roses are ");
        sandbox.Write("whole", "Roses are red");
        Assert.Equal(0, (await sandbox.RunAsync("curl", "-s", "-T", "first", url)).ExitCode);
        Assert.Equal(0, (await sandbox.RunAsync("curl", "-s", "-C", "-", "-T", "whole", url)).ExitCode);
        Assert.Equal("Roses are red", await File.ReadAllTextAsync(sandbox.PathOf("root/poem.txt"), TestContext.Current.CancellationToken));
        if (identity.Length > 0)
            Assert.Equal("nobody\n", (await sandbox.RunAsync("stat", "-c", "%U", "root/poem.txt")).Output);
        Assert.Equal(67, (await sandbox.RunAsync("curl", "-s", url.Replace("secret", "wrong", StringComparison.Ordinal))).ExitCode);
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);
    }
}
