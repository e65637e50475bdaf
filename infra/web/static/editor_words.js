// What the editor says, in both languages.

const vi = document.documentElement.lang === "vi";

export const words = vi
  ? {
    paragraph: "Đoạn văn", heading2: "Tiêu đề 2", heading3: "Tiêu đề 3", heading4: "Tiêu đề 4", quote: "Trích dẫn",
    picture: "Chèn ảnh", describe: "Mô tả ảnh (cho người không nhìn thấy ảnh)", describeHint: "Ảnh cho thấy điều gì? Để trống nếu ảnh chỉ để trang trí.",
    insert: "Chèn", cancel: "Hủy bỏ", sending: "Đang tải ảnh lên…", sent: "Đã chèn ảnh.", failed: "Không tải được ảnh lên.",
    picturesLost: "{count} ảnh nằm ngoài hệ thống nên không dán được. Hãy lưu ảnh về máy rồi chèn bằng nút “Chèn ảnh”.",
  }
  : {
    paragraph: "Paragraph", heading2: "Heading 2", heading3: "Heading 3", heading4: "Heading 4", quote: "Quotation",
    picture: "Insert a picture", describe: "Describe the picture (for people who cannot see it)", describeHint: "What does the picture show? Leave empty if it only decorates.",
    insert: "Insert", cancel: "Cancel", sending: "Uploading the picture…", sent: "The picture is in the text.", failed: "The picture could not be uploaded.",
    picturesLost: "{count} pictures are stored elsewhere and could not be pasted. Save them on your computer and use “Insert a picture”.",
  };

// Jodit has no Vietnamese of its own: the words of the buttons and dialogs that we show.
export const vietnamese = {
  "Type something": "Nhập nội dung", Bold: "In đậm", Italic: "In nghiêng", Underline: "Gạch chân", Strikethrough: "Gạch ngang", superscript: "Chỉ số trên", subscript: "Chỉ số dưới",
  "Insert Unordered List": "Danh sách dấu đầu dòng", "Insert Ordered List": "Danh sách đánh số", "Decrease Indent": "Giảm thụt lề", "Increase Indent": "Tăng thụt lề",
  "Insert link": "Chèn liên kết", "Edit link": "Sửa liên kết", Unlink: "Bỏ liên kết", Link: "Liên kết", Text: "Chữ hiển thị", URL: "Địa chỉ", Insert: "Chèn", Update: "Cập nhật",
  "Insert table": "Chèn bảng", "Insert Horizontal Line": "Đường kẻ ngang", "Clear Formatting": "Xóa định dạng", Undo: "Hoàn tác", Redo: "Làm lại",
  "Open editor in fullsize": "Toàn màn hình", Find: "Tìm", "Search for": "Tìm", "Replace with": "Thay bằng", Replace: "Thay", "Find Previous": "Tìm lùi", "Find Next": "Tìm tiếp",
  "Insert format block": "Kiểu đoạn", "Format block": "Kiểu đoạn", Paragraph: "Đoạn văn", Delete: "Xóa", Edit: "Sửa", Ok: "Đồng ý", Cancel: "Hủy bỏ", Close: "Đóng", "Show all": "Hiện tất cả",
  "Add row": "Thêm dòng", "Add column": "Thêm cột", "Insert row above": "Thêm dòng trên", "Insert row below": "Thêm dòng dưới", "Insert column before": "Thêm cột trước", "Insert column after": "Thêm cột sau",
  "Add row above": "Thêm dòng trên", "Add row below": "Thêm dòng dưới", "Delete row": "Xóa dòng", "Delete column": "Xóa cột", "Delete table": "Xóa bảng", "Empty cell": "Xóa nội dung ô", Merge: "Gộp ô", Split: "Tách ô",
  "Split vertical": "Tách dọc", "Split horizontal": "Tách ngang", "Open link": "Mở liên kết", Background: "Nền", "Vertical align": "Căn dọc", "Please fill out this field": "Hãy nhập mục này", "Please enter a web address": "Hãy nhập một địa chỉ web", "Press Enter": "Nhấn Enter", "more buttons": "Thêm nút", Toolbar: "Thanh công cụ",
};
